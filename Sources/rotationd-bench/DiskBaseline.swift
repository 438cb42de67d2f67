import Foundation

/// How often a second the file system takes 4 KiB to the disk, the least that a commit must do.
enum DiskBaseline {
    /// Writes over a file that is there already, as a write-ahead log does once it has its size.
    static func syncsPerSecond(in folder: String, seconds: Double = 0.5) throws -> Double {
        let path = folder + "/syncs"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchError("cannot make \(path): \(String(cString: strerror(errno)))") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let pages = 1024
        let page = [UInt8](repeating: 0x5A, count: 4096)
        func write(_ index: Int) throws {
            guard pwrite(descriptor, page, page.count, off_t(index % pages * page.count)) == page.count else {
                throw BenchError("cannot write \(path): \(String(cString: strerror(errno)))")
            }
        }
        for index in 0..<pages { try write(index) }
        fsync(descriptor)
        let begin = Machine.now
        let end = begin + UInt64(seconds * 1e9)
        var syncs = 0
        while Machine.now < end {
            try write(syncs)
            guard fdatasync(descriptor) == 0 else { throw BenchError("cannot sync \(path)") }
            syncs += 1
        }
        return Double(syncs) / (Double(Machine.now - begin) / 1e9)
    }
}
