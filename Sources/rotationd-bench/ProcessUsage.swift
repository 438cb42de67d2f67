import Foundation

/// What a process has used, from /proc.
struct ProcessUsage {
    let pid: Int32
    let name: String
    let parent: Int32
    /// Of all its threads, user and system.
    let cpuSeconds: Double
    let residentBytes: Int

    init?(pid: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
        else { return nil }
        // proc_pid_stat(5): after the name, state is field 3, so ppid, utime, stime and rss are these.
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 21, let parent = Int32(fields[1]), let user = Double(fields[11]),
            let system = Double(fields[12]), let pages = Int(fields[21])
        else { return nil }
        self.pid = pid
        self.parent = parent
        name = String(text[text.index(after: open)..<close])
        cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        residentBytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    static func children(of parent: Int32) -> [ProcessUsage] {
        let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return pids.compactMap(ProcessUsage.init(pid:)).filter { $0.parent == parent }
    }
}
