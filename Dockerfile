# Milena's images, by --target: `node` (broker, controller or both, by the KAFKA_… variables of the apache/kafka image), `service` (with
# --build-arg SERVICE=order-service, inventory-service or shipping-service) and `load` (the load generator). bin/image builds the jars, then all.
FROM eclipse-temurin:25-jre AS jars
COPY . /context/
RUN /context/docker/jars

FROM eclipse-temurin:25-jre AS node
# What changes seldom comes first. The directories belong to the user that volumes mounted there will be written by.
RUN mkdir -p /opt/milena /var/lib/kafka/data /mnt/shared/config && chown -R 1000:1000 /opt/milena /var/lib/kafka
COPY --from=jars --chown=1000:1000 /libraries/node/ /opt/milena/lib/
COPY --chown=1000:1000 docker/node/ docker/healthy /opt/milena/
COPY --from=jars --chown=1000:1000 /own/node/ /opt/milena/lib/
USER 1000:1000
WORKDIR /opt/milena
# A node lives for some seconds, so that every later start finds classes and profiles in the AOT cache (JEP 514).
RUN ls /opt/milena/lib/*.jar | paste -sd: >classpath \
 && java $(cat jvm.options) -Xmx256m -XX:AOTCacheOutput=node.aot -cp "$(cat classpath)" io.milena.broker.app.Rehearsal hosted >rehearsal.log 2>&1 \
 || { cat rehearsal.log; exit 1; }
VOLUME /var/lib/kafka/data
# A container's HTTP side is there for others: health checks, Prometheus, Compose.
ENV SERVER_ADDRESS=0.0.0.0
EXPOSE 9092 9093 9404
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s --retries=15 CMD ["/opt/milena/healthy"]
ENTRYPOINT ["/opt/milena/start"]

FROM eclipse-temurin:25-jre AS libraries
RUN mkdir -p /opt/milena /data && chown -R 1000:1000 /opt/milena /data
COPY --from=jars --chown=1000:1000 /libraries/services/ /opt/milena/lib/
USER 1000:1000
WORKDIR /opt/milena

FROM libraries AS load
COPY --chown=1000:1000 docker/load/ /opt/milena/
COPY --from=jars --chown=1000:1000 /own/load.jar /opt/milena/load.jar
ENTRYPOINT ["/opt/milena/start"]

FROM libraries AS cold-service
ARG SERVICE
COPY --chown=1000:1000 docker/service/ docker/healthy /opt/milena/
COPY --from=jars --chown=1000:1000 /own/services/ /opt/milena/lib/
COPY --from=jars --chown=1000:1000 /own/${SERVICE}.jar /opt/milena/service.jar
ENV SERVER_PORT=8080 MILENA_HTTP_PORT=8080 SERVICE_DATA_DIR=/data

FROM cold-service AS rehearsed
COPY --from=node /opt/milena/ /opt/node/
RUN mkdir -p /tmp/kafka && ./rehearse

FROM cold-service AS service
COPY --from=rehearsed --chown=1000:1000 /opt/milena/service.aot /opt/milena/
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=15 CMD ["/opt/milena/healthy"]
ENTRYPOINT ["/opt/milena/start"]
