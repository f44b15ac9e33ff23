package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.api.GroupApis;
import io.milena.testkit.coordinator.node.BrokerProcess;
import io.milena.testkit.coordinator.node.Resident;
import io.milena.wire.ApiHandler;
import java.util.List;

/** The real group coordinator on a simulated broker. */
final class GroupResident implements Resident {
    private final GroupCoordinator coordinator;
    private final BrokerView view;

    GroupResident(BrokerProcess process) {
        this.view = new BrokerView(process.broker());
        this.coordinator = new GroupCoordinator(
                GroupLimits.classic(process.broker().cluster().plan().threads()),
                GroupLimits.consumer(),
                view,
                view,
                process.environment());
    }

    GroupCoordinator coordinator() {
        return coordinator;
    }

    @Override
    public String topic() {
        return GroupCoordinator.OFFSETS_TOPIC;
    }

    @Override
    public void onElection(int partition, int leaderEpoch) {
        coordinator.onElection(partition, leaderEpoch);
    }

    @Override
    public void onResignation(int partition, int leaderEpoch) {
        coordinator.onResignation(partition, leaderEpoch);
    }

    @Override
    public List<ApiHandler<?>> handlers() {
        return GroupApis.handlers(coordinator, view, name -> {});
    }
}
