import Logging

/// A kind of journal entry that an administrator selects, counts or acts on. Its raw value is its MESSAGE_ID, which never
/// changes; the catalogs in systemd/ explain each.
public enum JournalMessage: String, Sendable, CaseIterable {
    /// A case was opened.
    case caseOpened = "b137ff5a38e244da9c89a101010aa1c1"
    /// An event was recorded in a case: somebody acted, or a recurrence opened a child case.
    case caseEvent = "ccf5210ef07a42789c5a91f548940280"
    /// A case came to its end.
    case caseClosed = "53f957576f6f4eff828404b82900c4eb"
    /// A deadline comes near; those who must act are reminded.
    case caseReminder = "17b3b6e7fcf242f4a3bb046a5334e548"
    /// A deadline has passed.
    case caseOverdue = "42c167194bab4f2aaf92cad75f4ba4f9"
    /// A deadline passed a while ago; those above are told.
    case caseEscalated = "2fc88ad51da54d63b0400dbba5a43239"
    /// An administrator repaired a case: moved it, or changed what waits in it.
    case caseRepaired = "4bbca5f1a48a4de18d72091fd730277a"
    /// Somebody read what only some of a case's readers may see.
    case restrictedRead = "a30677052a9843d7bdd4196e114b9052"
    /// Somebody read names with the levels that they were given.
    case resultsRead = "9dd918969d05418ab1b289a9966565a4"
    /// Somebody asked for what he has no right to, or whom nobody knows.
    case refused = "1ee2b1fee6374c9b9db6260a64207f49"
    /// More refusals of one user id than are written down one by one.
    case refusalsSuppressed = "1b3501d943e840b18f9b44cd163a1a26"
    /// Clients can work now.
    case ready = "e67edb6e15304e5db7ef346c19ad03e3"
    /// The daemon was asked to stop.
    case stopping = "3d832cea1dff4193a8a98418d5ac4735"
    /// Workflows, forms, calendars and configuration were read again and are in force.
    case reloaded = "2c8c2661f3334ea1b17f702546931bfb"
    /// What was read again has a mistake; what was in force stays.
    case reloadFailed = "a652133478734e08a9682356aaa3f3f1"
    /// The daemon ends because it cannot start.
    case cannotStart = "6e06898662ed4d138080c13524697ff1"
    /// A plugin can work now.
    case pluginReady = "59b3841dadcd456194145a57caad00e3"
    /// A plugin is not there, or no longer; it is tried again.
    case pluginGone = "cbec6444cb1a4213926f6074f849b610"
    /// A plugin is there and cannot be used until an administrator helps.
    case pluginUnusable = "3f5a622b657340369e8536eca343d773"
    /// A plugin answers that it cannot work.
    case pluginFailing = "950c0d982fef4bceb9b0303dd50bb799"
    /// A plugin's process serves its daemon.
    case pluginServing = "ff5ce06097cb41c081c67cae7c9fed56"
    /// A plugin's process ends.
    case pluginEnding = "1e98318531dc40d0b98afbf9eda3debd"
    /// The store did not take what was to be committed; nothing of it was acknowledged.
    case commitFailed = "b6d5e1624b2f45e7bfc0b268b34c5022"
    /// What was due in a case could not be carried out; it is tried again.
    case timerFailed = "fe577ef83611435fa432f943ededef99"
    /// A notification was refused for good by its channel.
    case messageRejected = "9759c924b7ae4585a87e596504ab7e5c"
    /// A notification could not be delivered for a week.
    case messageParked = "ca6c8ac1d6b64bf5ac9943606bc35048"
    /// A channel was gone before it answered: a notification may have been delivered, and is sent again.
    case messageDoubtful = "9f0b90f2455e435585f6150cc66e628f"
    /// An administrator gave a notification up.
    case messageDropped = "1b93dd37a86d4520ba11044ec0b2f8f9"
    /// A notification, written into the journal in place of being sent.
    case notification = "1e7a7ccb452144718d79a5ad5d254716"
    /// Units, officials, posts or delegations were changed.
    case directoryImported = "850026a30e72408b99e6d491b97b7480"
    /// A copy of the store was written.
    case backupWritten = "4f986982d178476dacde5d189295dfdf"
    /// No copy of the store was written.
    case backupFailed = "0acae19ad66244a9a6adf3c0ed4dc97e"
    /// Every case was gone through and is sound.
    case verified = "f78a290c712445e9b493f3ccb7bc7b55"
    /// Something in the store is not what was written.
    case verifyFoundProblems = "6ead83ba5c814dd4a9b0c450ec031373"
    /// A day has ended; the head of the chain of all its events.
    case daySealed = "ab66aeb0e7294e529046f4b1eeb331d1"
    /// A day that has ended could not be sealed; it is tried again.
    case sealFailed = "217c022aa3634acb8fcf7e0dd35b7271"
    /// A roster has opened the cases of a month.
    case rosterOpened = "781a8cdb8f9b44d5bb1d041825074742"
    /// A roster has found somebody or something that a person must see to.
    case rosterProblem = "cf81e34e688842b4bf0ba4fcc9cbc2f8"
    /// The rehearsal clock was moved.
    case clockMoved = "e5892c1e710f46eeb8fd59d1bc8f5cfb"
    /// A call failed by a fault of the program.
    case callFailed = "f6fcce20e813405f833e55bbfc361dae"
    /// The journal was stuck for so long that entries were dropped.
    case entriesLost = "7c276996b39b42139d7a37f5341974a2"

    /// What says how urgent it is: PRIORITY in the journal.
    public var level: Logger.Level {
        switch self {
        case .caseOpened, .caseEvent, .caseClosed, .caseReminder, .ready, .stopping, .pluginReady, .pluginServing,
            .pluginEnding, .daySealed, .resultsRead:
            .info
        case .caseRepaired, .restrictedRead, .refused, .reloaded, .notification, .messageDropped, .directoryImported,
            .backupWritten, .verified, .clockMoved, .rosterOpened:
            .notice
        case .caseOverdue, .caseEscalated, .refusalsSuppressed, .pluginGone, .messageRejected, .messageParked,
            .messageDoubtful, .sealFailed, .entriesLost, .rosterProblem:
            .warning
        case .reloadFailed, .pluginUnusable, .pluginFailing, .commitFailed, .timerFailed, .backupFailed,
            .verifyFoundProblems, .callFailed:
            .error
        case .cannotStart: .critical
        }
    }
}
