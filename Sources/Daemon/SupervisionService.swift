import PluginKit
import ServiceLifecycle
import Systemd

/// What systemd is told while the daemon runs: that it lives, and how it is in one line.
///
/// The watchdog is fed while the event loop turns and storage does not hang. Storage that is gone is no reason to end: the
/// daemon says so to its clients and comes back by itself, which another start would not do sooner.
struct SupervisionService: Service {
    let storage: StorageHandle
    let channels: [PluginHost]
    let feed: EventFeed

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await ServiceManager.feedWatchdog {
                        // Also a turn of the event loop, where the daemon's tasks run.
                        _ = try? await DaemonLoop.shared.loop.submit {}.get()
                        return !storage.host.snapshot.isSilent
                    }
                }
                group.addTask { await keepStatus() }
            }
        }
    }

    /// While storage is being opened, which may mean a migration of hours, systemd waits; and it sees why.
    static func whileOpening(_ storage: PluginHost) async {
        while !Task.isCancelled {
            let status = storage.snapshot
            let reason = status.reason.map { ": " + $0 } ?? ""
            ServiceManager.notify(.status("waiting for storage \(storage.address)\(reason)"))
            if status.isOpening { ServiceManager.notify(.extendTimeout(.seconds(30))) }
            try? await Task.sleep(for: .seconds(5))
        }
    }

    private func keepStatus() async {
        var told = ""
        while !Task.isCancelled {
            let signals = feed.signals
            let line = await line
            // Without a service manager there is nobody to tell.
            if line != told, !ServiceManager.notify(.status(line)) { return }
            told = line
            // Looked at again after a commit, though not for each of them, and when a plugin may have changed.
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await Task.sleep(for: .seconds(30)) }
                group.addTask { await feed.wait(after: signals) }
                await group.next()
                group.cancelAll()
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    private var line: String {
        get async {
            var parts: [String] = []
            if let storage = try? storage.storage, let statistics = try? await storage.statistics() {
                parts.append("\(statistics.openCases) cases open, \(statistics.overdueCases) overdue")
                if statistics.messagesParked > 0 { parts.append("\(statistics.messagesParked) messages parked") }
                if let last = statistics.lastCommitAt { parts.append("last commit \(last)") }
            }
            parts += ([storage.host] + channels).map { host in
                let status = host.snapshot
                let state = status.state == .connecting ? "not there" : status.state.rawValue
                return "\(host.kind) \(status.description?.name ?? host.address.name) \(state)"
            }
            return parts.joined(separator: "; ")
        }
    }
}
