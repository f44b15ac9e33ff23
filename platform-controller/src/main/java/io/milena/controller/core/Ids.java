package io.milena.controller.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small sets of broker ids: arrays where they are kept, lists where records want them. */
final class Ids {
    static final int[] NONE = {};

    private Ids() {}

    static int[] of(@Nullable List<Integer> list) {
        if (list == null || list.isEmpty()) {
            return NONE;
        }
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i);
        }
        return ids;
    }

    static List<Integer> list(int[] ids) {
        List<Integer> list = new ArrayList<>(ids.length);
        for (int id : ids) {
            list.add(id);
        }
        return list;
    }

    static int indexOf(int[] ids, int id) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }

    static boolean contains(int[] ids, int id) {
        return indexOf(ids, id) >= 0;
    }

    static List<Integer> without(List<Integer> ids, int id) {
        List<Integer> rest = new ArrayList<>(ids.size());
        for (int each : ids) {
            if (each != id) {
                rest.add(each);
            }
        }
        return rest;
    }

    static List<Integer> without(List<Integer> ids, Collection<Integer> gone) {
        List<Integer> rest = new ArrayList<>(ids);
        rest.removeAll(gone);
        return rest;
    }

    static boolean same(List<Integer> list, int[] ids) {
        if (list.size() != ids.length) {
            return false;
        }
        for (int i = 0; i < ids.length; i++) {
            if (list.get(i) != ids[i]) {
                return false;
            }
        }
        return true;
    }
}
