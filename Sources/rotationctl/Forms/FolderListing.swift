import Glibc

/// What is in a folder.
enum FolderListing {
    /// The names in it, sorted, without those that begin with a dot.
    static func names(of folder: String, _ messages: Messages) throws(Failure) -> [String] {
        guard let handle = opendir(folder) else {
            throw Failure(.noInput, messages.cannotRead(folder, String(cString: strerror(errno))))
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
