package io.milena.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorldTest {
    private final World world = new World(7, true);
    private final Network network = new Network(world);
    private final Host one = network.host(1);
    private final Host two = network.host(2);
    private final List<String> heard = new ArrayList<>();

    @Test
    void events_come_in_order_of_time_and_then_of_their_making() {
        world.after(2_000, () -> heard.add("c"));
        world.after(1_000, () -> heard.add("a"));
        world.after(1_000, () -> heard.add("b"));
        world.run(5);
        assertThat(heard).containsExactly("a", "b", "c");
        assertThat(world.nowMs()).isEqualTo(5);
    }

    @Test
    void time_never_goes_back_to_the_end_of_a_run_that_an_event_has_passed() {
        world.after(1_000, () -> {
            world.after(20_000, () -> heard.add("within the event"));
            world.step(); // a task that takes its time lets the world go on
        });
        world.run(5);
        assertThat(heard).containsExactly("within the event");
        assertThat(world.nowUs()).isEqualTo(21_000);
    }

    @Test
    void a_broken_invariant_ends_the_run_at_the_event_that_broke_it() {
        world.invariant(() -> Violation.unless(heard.isEmpty(), "heard %s", heard));
        world.after(1_000, () -> heard.add("x"));
        assertThatThrownBy(() -> world.run(5)).isInstanceOf(Violation.class).hasMessage("heard [x]");
        assertThat(world.nowUs()).isEqualTo(1_000);
    }

    @Test
    void a_request_is_answered_over_the_network() {
        serveEcho(two);
        ask(one);
        world.run(100);
        assertThat(heard).containsExactly("hello received", "echo hello");
    }

    @Test
    void a_cut_in_one_direction_loses_what_goes_that_way_and_the_asker_times_out() {
        serveEcho(two);
        network.cut(2, 1);
        ask(one);
        world.run(1_100);
        assertThat(heard).containsExactly("hello received", "no answer");
    }

    @Test
    void a_killed_process_hangs_up_and_a_machine_without_power_says_nothing() {
        two.boot(life -> network.listen(life, "two", 9, (line, request, answer) -> {}));
        ask(one);
        world.run(10);
        two.kill();
        world.run(10);
        assertThat(heard).containsExactly("hung up");

        heard.clear();
        one.kill();
        two.boot(life -> network.listen(life, "two", 9, (line, request, answer) -> {}));
        ask(one);
        world.run(10);
        two.cutPower();
        world.run(10);
        assertThat(heard).isEmpty();
        world.run(1_000);
        assertThat(heard).containsExactly("no answer");
    }

    @Test
    void the_called_side_sees_a_line_break_when_the_caller_dies() {
        two.boot(life -> network.listen(
                life, "two", 9, (line, request, answer) -> line.onBroken(() -> heard.add("line broken"))));
        ask(one);
        world.run(10);
        one.kill();
        world.run(10);
        assertThat(heard).containsExactly("line broken");
    }

    @Test
    void what_a_process_planned_dies_with_it() {
        one.boot(life -> life.after(50, () -> heard.add("done")));
        world.run(10);
        one.kill();
        world.run(100);
        assertThat(heard).isEmpty();
    }

    @Test
    void a_paused_machine_does_nothing_and_then_everything() {
        one.boot(life -> life.after(50, () -> heard.add("at " + world.nowMs())));
        one.pause(1_000);
        world.run(2_000);
        assertThat(heard).containsExactly("at 1000");
    }

    @Test
    void pauses_overlap_and_end_with_the_process() {
        one.boot(life -> life.after(50, () -> heard.add("first at " + world.nowMs())));
        one.pause(1_000);
        one.pause(600);
        world.run(2_000);
        one.pause(5_000);
        one.kill();
        one.boot(life -> life.after(50, () -> heard.add("second at " + world.nowMs())));
        world.run(1_000);
        assertThat(heard).containsExactly("first at 1000", "second at 2050");
    }

    @Test
    void a_clock_that_drifts_makes_its_host_late() {
        one.clock().drift(0.5);
        one.boot(life -> life.after(100, () -> heard.add("at " + world.nowMs())));
        world.run(1_000);
        assertThat(heard).containsExactly("at 200");
    }

    @Test
    void an_exception_of_a_process_fails_the_simulation_unless_it_was_expected() {
        assertThatThrownBy(() -> one.boot(life -> {
                    throw new IllegalStateException("bug");
                }))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("bug");
        two.expectFaults(fault -> fault.getMessage().equals("full"));
        two.boot(life -> {
            throw new IllegalStateException("full");
        });
        assertThat(two.isUp()).isFalse();
        assertThat(two.lastFault()).hasMessage("full");
    }

    @Test
    void the_same_seed_gives_the_same_trace() {
        assertThat(hashOf(3)).isEqualTo(hashOf(3)).isNotEqualTo(hashOf(4));
    }

    private static long hashOf(long seed) {
        World world = new World(seed, false);
        Network network = new Network(world);
        network.faults(new Network.Faults(0.1, 0.1, 10_000, 0.1, 100_000));
        Host one = network.host(1);
        Host two = network.host(2);
        two.boot(life -> network.listen(life, "two", 9, (line, request, answer) -> answer.accept(request)));
        one.boot(life -> {
            for (int i = 0; i < 100; i++) {
                long number = i;
                network.call(life, "two", 9, ByteBuffer.allocate(8).putLong(0, i), 1_000, new Network.Reply() {
                    @Override
                    public void answered(ByteBuffer response) {
                        world.note("answered", number);
                    }

                    @Override
                    public void failed(boolean disconnected) {
                        world.note("failed", number);
                    }
                });
            }
        });
        world.run(2_000);
        return world.trace().hash();
    }

    private void serveEcho(Host host) {
        host.boot(life -> network.listen(life, "two", 9, (line, request, answer) -> {
            String text = StandardCharsets.UTF_8.decode(request).toString();
            heard.add(text + " received");
            answer.accept(ByteBuffer.wrap(("echo " + text).getBytes(StandardCharsets.UTF_8)));
        }));
    }

    private void ask(Host host) {
        host.boot(life -> network.call(
                life, "two", 9, ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)), 1_000, new Network.Reply() {
                    @Override
                    public void answered(ByteBuffer response) {
                        heard.add(StandardCharsets.UTF_8.decode(response).toString());
                    }

                    @Override
                    public void failed(boolean disconnected) {
                        heard.add(disconnected ? "hung up" : "no answer");
                    }
                }));
    }
}
