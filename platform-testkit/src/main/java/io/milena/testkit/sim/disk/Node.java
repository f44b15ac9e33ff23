package io.milena.testkit.sim.disk;

import io.milena.testkit.sim.Dice;

/** A file or a directory. */
sealed interface Node permits FileNode, DirectoryNode {
    /** Forgets what was not synced, but for a part of it that chance decides. */
    void losePower(Dice dice);
}
