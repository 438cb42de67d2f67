/// How the process ends (sysexits.h).
enum ExitStatus: Int32 {
    /// Something needs a person.
    case attention = 1
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case ioError = 74
    case temporary = 75
    case notAllowed = 77
}
