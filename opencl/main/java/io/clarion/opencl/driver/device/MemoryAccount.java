package io.clarion.opencl.driver.device;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that this process holds on one device, over all its contexts: drivers overcommit, so we count. */
public record MemoryAccount(AtomicLong bytes) {
    private static final Map<String, MemoryAccount> ACCOUNTS = new ConcurrentHashMap<>();

    public static MemoryAccount of(DeviceInfo device) {
        return ACCOUNTS.computeIfAbsent(device.id(), id -> empty());
    }

    public static MemoryAccount empty() {
        return new MemoryAccount(new AtomicLong());
    }

    public long live() {
        return bytes.get();
    }

    /** Adds {@code wanted} and tells whether the total stays within {@code limit}; adds nothing where it does not. */
    public boolean take(long wanted, long limit) {
        if (bytes.addAndGet(wanted) <= limit) {
            return true;
        }
        bytes.addAndGet(-wanted);
        return false;
    }

    public void give(long returned) {
        bytes.addAndGet(-returned);
    }
}
