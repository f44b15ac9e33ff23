package io.milena.starter.autoconfigure;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * Takes over the creation of topics from the application's {@link KafkaAdmin}, which would wait half a minute for an absent broker, give up, and
 * never try again. What is created is what that admin would create, and nothing if it is told not to. Where an application has several admins
 * and none is primary, each goes on by itself.
 */
final class DeferredTopics implements BeanPostProcessor {

    private final ConfigurableListableBeanFactory beans;
    private final Set<KafkaAdmin> deferred = ConcurrentHashMap.newKeySet();

    DeferredTopics(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof KafkaAdmin admin && isOurs(beanName) && createsTopics(admin)) {
            admin.setAutoCreate(false);
            deferred.add(admin);
        }
        return bean;
    }

    /** What this admin would have created: topics declared by themselves and together, as far as its predicate lets them. */
    @SuppressWarnings("unchecked")
    Collection<NewTopic> of(@Nullable KafkaAdmin admin) {
        if (admin == null || !deferred.contains(admin)) {
            return List.of();
        }
        Method declared = ReflectionUtils.findMethod(admin.getClass(), "newTopics");
        Assert.state(declared != null, "KafkaAdmin has no newTopics()");
        ReflectionUtils.makeAccessible(declared);
        Collection<NewTopic> topics = (Collection<NewTopic>) ReflectionUtils.invokeMethod(declared, admin);
        return topics == null ? List.of() : topics;
    }

    private boolean isOurs(String name) {
        String[] all = beans.getBeanNamesForType(KafkaAdmin.class, true, false);
        return all.length == 1
                || (beans.containsBeanDefinition(name)
                        && beans.getBeanDefinition(name).isPrimary());
    }

    /** Spring's admin has a setter for it and no getter. */
    private static boolean createsTopics(KafkaAdmin admin) {
        Field autoCreate = ReflectionUtils.findField(KafkaAdmin.class, "autoCreate");
        Assert.state(autoCreate != null, "KafkaAdmin has no autoCreate");
        ReflectionUtils.makeAccessible(autoCreate);
        return Boolean.TRUE.equals(ReflectionUtils.getField(autoCreate, admin));
    }
}
