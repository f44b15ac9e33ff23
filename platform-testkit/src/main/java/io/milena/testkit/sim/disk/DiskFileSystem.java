package io.milena.testkit.sim.disk;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link Disk} as one process has it mounted. */
final class DiskFileSystem extends FileSystem {
    private final Disk disk;
    private final DiskProvider provider = new DiskProvider(this);
    private boolean attached = true;

    DiskFileSystem(Disk disk) {
        this.disk = disk;
    }

    Disk disk() {
        return disk;
    }

    void detach() {
        attached = false;
    }

    /** A process that is dead by now, but is still being unwound, reads and writes nothing any more. */
    void requireAttached() {
        if (!attached) {
            throw new PowerLostException(disk.name());
        }
    }

    @Nullable
    Node find(DiskPath path) {
        requireAttached();
        Node node = disk.root();
        for (String name : path.names()) {
            node = node instanceof DirectoryNode directory ? directory.get(name) : null;
        }
        return node;
    }

    Node get(DiskPath path) throws NoSuchFileException {
        Node node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    DirectoryNode directory(DiskPath path) throws NoSuchFileException, NotDirectoryException {
        if (get(path) instanceof DirectoryNode directory) {
            return directory;
        }
        throw new NotDirectoryException(path.toString());
    }

    DirectoryNode parent(DiskPath path) throws NoSuchFileException, NotDirectoryException {
        DiskPath parent = path.getParent();
        if (parent == null) {
            throw new NoSuchFileException(path.toString());
        }
        return directory(parent);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("A disk is not closed");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    @Override
    public Path getPath(String first, String... more) {
        return DiskPath.parse(this, more.length == 0 ? first : first + "/" + String.join("/", more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException("Patterns of paths");
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException("Users");
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("Watching");
    }
}
