package io.milena.testkit.coordinator.group;

import io.milena.testkit.coordinator.group.CommittedOffsetsLedger.Key;
import io.milena.testkit.sim.Host;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** An operator: reads offsets, describes, lists, and deletes groups that have no members; and somebody who commits without being a member. */
final class Onlooker extends GroupClient {
    static final String NOBODYS_GROUP = "nobodys";

    private final boolean deletes;
    private long offset;

    Onlooker(Workload workload, Host host, boolean deletes) {
        super(workload, host, NOBODYS_GROUP);
        this.deletes = deletes;
    }

    @Override
    protected void begin() {
        again();
    }

    private void again() {
        after(dice.between(50, 300), () -> {
            turnTo(dice.pick(workload().groups()));
            doSomething(this::again);
        });
    }

    private void doSomething(Runnable then) {
        switch (dice.below(8)) {
            case 0 ->
                askSoon(new DescribeGroupsRequestData().setGroups(List.of(group())), (short) 6, heard -> then.run());
            case 1 ->
                askSoon(
                        new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group())),
                        (short) 1,
                        heard -> then.run());
            case 2 -> askSomebody(new ListGroupsRequestData(), then);
            case 3, 4 -> {
                turnTo(NOBODYS_GROUP);
                commit("", null, -1, dice.below(GroupLimits.PARTITIONS), ++offset, error -> {
                    if (error != null && error != Errors.NONE && !isPassing(error)) {
                        unexpected("A commit of nobody", error);
                    }
                    then.run();
                });
            }
            case 5 -> {
                if (deletes) {
                    delete(then);
                } else {
                    then.run();
                }
            }
            default -> readOffsets(null, -1, all(), read -> then.run());
        }
    }

    private void askSomebody(ApiMessage request, Runnable then) {
        askSoon(request, (short) 5, heard -> then.run());
    }

    private static List<Integer> all() {
        return IntStream.range(0, GroupLimits.PARTITIONS).boxed().toList();
    }

    private void delete(Runnable then) {
        String group = group();
        Map<Integer, Integer> told = new HashMap<>();
        all().forEach(each -> told.put(each, ledger().offsets().told(new Key(group, each))));
        DeleteGroupsRequestData request = new DeleteGroupsRequestData().setGroupsNames(List.of(group));
        askSoon(request, (short) 2, heard -> {
            if (heard.response() instanceof DeleteGroupsResponseData response
                    && response.results().iterator().next().errorCode() == Errors.NONE.code()) {
                told.forEach((partition, known) -> ledger().offsets().deleted(new Key(group, partition), known));
            }
            then.run();
        });
    }
}
