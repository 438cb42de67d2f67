import Glibc
import Workflow

extension StorageConformance {
    static let care: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("the figures follow what is committed") { scene in
            var before = try await scene.storage.statistics()
            let timers = [CaseTimer(id: "t", kind: .remind, name: "t", due: StorageScene.never)]
            let opened = try await scene.open(
                scene.newCase(1) {
                    $0.timers = timers + [CaseTimer(id: "u", kind: .remind, name: "t", due: StorageScene.never)]
                },
                scene.newCase(2) { $0.overdue = ["x"] }, scene.newCase(3))
            let id = scene.prefix + "m"
            _ = try await scene.storage.commit([
                Transaction(
                    changes: [
                        scene.step(opened[0]) {
                            $0.timers = timers
                            $0.overdue = ["x"]
                        },
                        scene.step(opened[1]) {
                            $0.overdue = []
                            $0.closedAt = $0.updatedAt
                        },
                    ], messages: [scene.message(id, of: opened[0]), scene.message(id + "2", of: opened[0])])
            ])
            try await scene.storage.settleMessages([
                Settlement(id: id, outcome: .parked, at: StorageScene.start, reason: "x")
            ])
            let after = try await scene.storage.statistics()
            before.cases += 3
            before.openCases += 2
            before.overdueCases += 1
            before.events += 5
            before.position += 5
            before.timers += 1
            before.messagesParked += 1
            before.messagesWaiting += 1
            before.sizeBytes = after.sizeBytes
            before.lastCommitAt = opened[1].updatedAt + 1
            try expect(after, is: before, "statistics")
            try expect(after.sizeBytes > 0, "the store has no size")
        },
        ConformanceCheck("a sound store has no problems") { scene in
            try expect(try await scene.storage.check(), is: [], "problems")
        },
        ConformanceCheck("a plugin with an open store is ready") { scene in
            try expect(try await scene.plugin.probe(), is: .ready, "Probe")
        },
        ConformanceCheck("a backup is a new file, and never replaces one", capability: "backup") { scene in
            let path = "\(scene.backupFolder)/\(scene.prefix)\(getpid()).backup"
            unlink(path)
            defer { unlink(path) }
            let bytes = try await scene.storage.backup(to: path)
            try expect(bytes > 0, "the backup is empty")
            for path in [path, scene.backupFolder + "/no such folder/x"] {
                do throws(StorageError) {
                    _ = try await scene.storage.backup(to: path)
                } catch {
                    guard case .backupFailed(path, _) = error else {
                        throw ConformanceFailure(description: "backup to \(path): found \"\(error)\"")
                    }
                    continue
                }
                throw ConformanceFailure(description: "a backup to \(path) was not refused")
            }
        },
    ]
}
