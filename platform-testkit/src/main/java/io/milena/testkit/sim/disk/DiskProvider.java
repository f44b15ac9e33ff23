package io.milena.testkit.sim.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link java.nio.file.Files} and {@link FileChannel#open} ask of a {@link Disk}. */
final class DiskProvider extends FileSystemProvider {
    private final DiskFileSystem fileSystem;

    DiskProvider(DiskFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    @Override
    public String getScheme() {
        return "simulated";
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        DiskPath file = DiskPath.of(path);
        Node node = fileSystem.find(file);
        boolean writes = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
        if (node instanceof DirectoryNode directory) {
            if (writes) {
                throw new IOException(path + ": Is a directory");
            }
            return new DirectoryChannel(fileSystem, directory, file);
        }
        boolean createNew = options.contains(StandardOpenOption.CREATE_NEW);
        if (node != null && createNew) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (node == null) {
            if (!createNew && !options.contains(StandardOpenOption.CREATE)) {
                throw new NoSuchFileException(path.toString());
            }
            fileSystem.disk().beforeChange();
            node = new FileNode();
            fileSystem.parent(file).put(file.last(), node);
        }
        OpenFile open = new OpenFile(fileSystem, (FileNode) node, writes);
        if (writes && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            open.truncate(0);
        }
        if (options.contains(StandardOpenOption.APPEND)) {
            open.position(open.size());
        }
        return open;
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path dir, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        List<Path> found = new ArrayList<>();
        for (String name : fileSystem.directory(DiskPath.of(dir)).names()) {
            Path path = dir.resolve(name);
            if (filter.accept(path)) {
                found.add(path);
            }
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return found.iterator();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void createDirectory(Path dir, FileAttribute<?>... attributes) throws IOException {
        DiskPath path = DiskPath.of(dir);
        if (fileSystem.find(path) != null) {
            throw new FileAlreadyExistsException(dir.toString());
        }
        fileSystem.disk().beforeChange();
        fileSystem.parent(path).put(path.last(), new DirectoryNode());
    }

    @Override
    public void delete(Path path) throws IOException {
        DiskPath file = DiskPath.of(path);
        if (fileSystem.get(file) instanceof DirectoryNode directory && !directory.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        fileSystem.disk().beforeChange();
        fileSystem.parent(file).remove(file.last());
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        DiskPath from = DiskPath.of(source);
        DiskPath to = DiskPath.of(target);
        Node node = fileSystem.get(from);
        DirectoryNode before = fileSystem.parent(from);
        DirectoryNode after = fileSystem.parent(to);
        List<CopyOption> wanted = Arrays.asList(options);
        Node there = after.get(to.last());
        if (there != null
                && !wanted.contains(StandardCopyOption.REPLACE_EXISTING)
                && !wanted.contains(StandardCopyOption.ATOMIC_MOVE)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        if (there instanceof DirectoryNode directory && !directory.isEmpty()) {
            throw new DirectoryNotEmptyException(target.toString());
        }
        fileSystem.disk().beforeChange();
        if (before == after) {
            before.rename(from.last(), to.last(), node);
        } else {
            after.put(to.last(), node);
            before.remove(from.last());
        }
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException("Copying files");
    }

    @Override
    public boolean isSameFile(Path path, Path path2) {
        return path.toAbsolutePath().equals(path2.toAbsolutePath());
    }

    @Override
    public boolean isHidden(Path path) {
        return false;
    }

    @Override
    public FileStore getFileStore(Path path) {
        throw new UnsupportedOperationException("File stores");
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        fileSystem.get(DiskPath.of(path));
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return null;
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return type.cast(new NodeAttributes(fileSystem.get(DiskPath.of(path))));
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
        throw new UnsupportedOperationException("Attributes by name");
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new UnsupportedOperationException("Attributes by name");
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException("Disks are made by the simulation");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return fileSystem;
    }

    @Override
    public Path getPath(URI uri) {
        return fileSystem.getPath(uri.getPath());
    }
}
