/// Memory that programs can still have.
struct MemoryCheck: Check {
    let name = "memory"
    private static let little = 128 << 20

    func findings(_ installation: Installation) -> [Finding] {
        guard let line = installation.machine.text("/proc/meminfo")?.firstMatch(of: /MemAvailable: +([0-9]+) kB/)?.1,
            let kilobytes = Int(line)
        else { return [] }
        let bytes = kilobytes << 10
        let free = installation.formats.bytes(bytes)
        if bytes >= Self.little {
            return [.good(installation.say("Bộ nhớ còn \(free)", "\(free) of memory are available"))]
        }
        return [
            .warning(
                installation.say("Bộ nhớ chỉ còn \(free)", "Only \(free) of memory are available"),
                installation.say(
                    "Xem chương trình nào dùng nhiều: systemd-cgtop -m", "See what takes it: systemd-cgtop -m"))
        ]
    }
}
