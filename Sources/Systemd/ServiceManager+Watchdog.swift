extension ServiceManager {
    /// Feeds the service manager's watchdog twice as often as it asks for, until the task is cancelled; returns at once
    /// when no watchdog runs.
    ///
    /// - Parameter isAlive: What proves that the service works. A service in which it hangs, or says no, is not fed: the
    ///   service manager ends it and starts it again.
    public static func feedWatchdog(while isAlive: @Sendable () async -> Bool) async {
        guard let interval = watchdogInterval else { return }
        while !Task.isCancelled {
            if await isAlive() { notify(.watchdog) }
            try? await Task.sleep(for: interval / 2)
        }
    }
}
