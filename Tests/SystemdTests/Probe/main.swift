// Prints what a process sees of its service manager, or tells it something: see ProbeRun in SystemdTests.
import Glibc
import Logging
import Systemd

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "sockets":
    for socket in ServiceManager.listenDescriptors() {
        let closesOnExec = fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0
        print(socket.descriptor, socket.name, socket.kind, closesOnExec ? "cloexec" : "inherited")
    }
case "notify":
    print(ServiceManager.notify(.reloading, .status("one\nMAINPID=1"), .extendTimeout(.milliseconds(1500)), .ready))
case "watchdog":
    print(ServiceManager.watchdogInterval.map { "\($0)" } ?? "none")
case "directories":
    for kind in ServiceDirectory.allCases { print(kind, ServiceManager.directories(kind)) }
case "credential":
    do {
        print(try ServiceManager.credential(named: arguments.dropFirst().first ?? "").map { "\($0)" } ?? "none")
    } catch {
        print(error)
    }
case "log":
    bootstrapLogging(identifier: "systemd-probe", level: .info)
    var logger = Logger(label: "probe.log")
    logger[metadataKey: "case"] = "01J8"
    logger.debug("not important enough")
    logger.warning(
        "a line\nPRIORITY=0", metadata: ["said": "x\nMESSAGE=forged", "message_id": "\(arguments.last ?? "")"])
case "flood":
    bootstrapLogging(identifier: "systemd-probe", level: .info)
    let logger = Logger(label: "probe.flood")
    let began = ContinuousClock.now
    for index in 0..<(arguments.last.flatMap { Int($0) } ?? 0) { logger.log(.caseEvent, "entry \(index)") }
    let took = (ContinuousClock.now - began).components
    print(Double(took.seconds) + Double(took.attoseconds) / 1e18)
default:
    print("systemd-probe sockets|notify|watchdog|directories|credential NAME|log MESSAGE_ID|flood COUNT")
}
