/// What the machine can do: nothing that is built on it can do more.
struct Bounds {
    /// Steps a second that SQLite writes with nothing around it.
    var sqliteSingly = 0.0
    var sqliteInBatches = 0.0
    /// Calls without work, a second, with 1 and 64 clients.
    var roundTrips = 0.0
    var roundTripsOfMany = 0.0
}
