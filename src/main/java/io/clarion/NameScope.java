package io.clarion;

/** Names given until this is closed begin with the scope's: {@code try (NameScope s = K.nameScope("block1")) { … }}. */
public final class NameScope implements AutoCloseable {
    private final String outer;

    NameScope(String name) {
        this.outer = Session.scope();
        Session.setScope(outer + name + "/");
    }

    @Override
    public void close() {
        Session.setScope(outer);
    }
}
