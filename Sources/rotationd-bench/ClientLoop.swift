import NIOCore
import NIOPosix

/// One event loop on which all clients live, and their tasks with them, so that the load generator takes as little as it can
/// of the machine that it measures.
final class ClientLoop: TaskExecutor {
    static let shared = ClientLoop()

    private let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()

    var group: any EventLoopGroup { loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
