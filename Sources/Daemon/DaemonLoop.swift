import NIOCore
import NIOPosix

/// The one event loop on which the daemon's sockets live, and its tasks with them: a command is read, decided, committed and
/// answered without a change of threads. What can be done at the same time is done by the plugins, in their own processes.
final class DaemonLoop: TaskExecutor {
    static let shared = DaemonLoop()

    let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
