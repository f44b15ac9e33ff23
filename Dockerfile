# A node: broker, controller or both, by the KAFKA_… variables of the apache/kafka image. `bin/image` builds the jars, then this.
FROM eclipse-temurin:25-jre AS jars
COPY platform-broker/target/lib/ /jars/
RUN mkdir /libraries /own && mv /jars/platform-*.jar /own/ && mv /jars/*.jar /libraries/

FROM eclipse-temurin:25-jre AS node
# What changes seldom comes first. The directories belong to the user that volumes mounted there will be written by.
RUN mkdir -p /opt/milena /var/lib/kafka/data /mnt/shared/config && chown -R 1000:1000 /opt/milena /var/lib/kafka
COPY --from=jars --chown=1000:1000 /libraries/ /opt/milena/lib/
COPY --chown=1000:1000 docker/ /opt/milena/
COPY --from=jars --chown=1000:1000 /own/ /opt/milena/lib/
USER 1000:1000
WORKDIR /opt/milena
# A node lives for some seconds, so that every later start finds classes and profiles in the AOT cache (JEP 514).
RUN ls /opt/milena/lib/*.jar | paste -sd: >classpath \
 && java $(cat jvm.options) -Xmx256m -XX:AOTCacheOutput=node.aot -cp "$(cat classpath)" io.milena.broker.app.Rehearsal hosted >rehearsal.log 2>&1 \
 || { cat rehearsal.log; exit 1; }
VOLUME /var/lib/kafka/data
EXPOSE 9092 9093 9404
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s --retries=15 CMD ["/opt/milena/healthy"]
ENTRYPOINT ["/opt/milena/start"]
