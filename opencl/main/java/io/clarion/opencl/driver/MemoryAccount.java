package io.clarion.opencl.driver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that this process holds on one device, over all its contexts: drivers overcommit, so we count. */
record MemoryAccount(AtomicLong bytes) {
    private static final Map<String, MemoryAccount> ACCOUNTS = new ConcurrentHashMap<>();

    static MemoryAccount of(DeviceInfo device) {
        return ACCOUNTS.computeIfAbsent(device.id(), id -> empty());
    }

    static MemoryAccount empty() {
        return new MemoryAccount(new AtomicLong());
    }

    long live() {
        return bytes.get();
    }

    /** Adds {@code wanted} and tells whether the total stays within {@code limit}; adds nothing where it does not. */
    boolean take(long wanted, long limit) {
        if (bytes.addAndGet(wanted) <= limit) {
            return true;
        }
        bytes.addAndGet(-wanted);
        return false;
    }

    void give(long returned) {
        bytes.addAndGet(-returned);
    }
}
