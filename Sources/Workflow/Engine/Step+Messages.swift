import JSONCore

/// Who is told what.
extension Step {
    func principals(_ recipients: [NotificationDefinition.Recipient]) -> [Principal] {
        var principals: [Principal] = []
        for recipient in recipients {
            let named: [Principal] =
                switch recipient {
                case .role(let name): roles.principals([name])
                case .place(let place):
                    (after.document[place]?.arrayValue ?? after.document[place].map { [$0] } ?? [])
                        .compactMap { $0.stringValue.map(Principal.official) }
                case .waiting: tasks().compactMap { Principal($0.assignee) }
                }
            for principal in named where !principals.contains(principal) { principals.append(principal) }
        }
        return principals
    }

    mutating func tell(_ notification: NotificationDefinition) {
        let data = Engine.messageData(
            of: after, topic: notification.topic, definition: definition, urgent: notification.urgent)
        tell(principals(notification.to), topic: notification.topic, data)
    }

    mutating func tell(
        _ recipients: [Principal], topic: String, deadline: String? = nil, urgent: Bool = false,
        invitation: JSONObject? = nil
    ) {
        let data = Engine.messageData(
            of: after, definition: definition, deadline: deadline, urgent: urgent, invitation: invitation)
        tell(recipients, topic: topic, data)
    }

    private mutating func tell(_ recipients: [Principal], topic: String, _ data: JSONObject) {
        for principal in recipients {
            messages.append(
                OutboxMessage(
                    id: "\(after.id)-\(after.version)-\(messages.count + 1)", caseID: after.id, version: after.version,
                    recipient: principal.description, topic: topic, createdAt: context.now, data: data))
        }
    }

    // MARK: - Invitations

    /// Keeps what the state (nil: none) invites to, and gives up what the state before invited to and will not take place.
    mutating func invite(_ state: StateDefinition?, by event: String?) {
        let before = after.document["case"]?["invitations"]?.objectValue ?? [:]
        var invitations: JSONObject = [:]
        for notification in state?.notify ?? [] {
            if let invite = notification.invite, let calendar = calendar(invite, topic: notification.topic) {
                invitations[notification.topic] = [
                    "calendar": .object(calendar),
                    "to": .array(principals(notification.to).map { .string($0.description) }),
                    "held_by": .array(invite.heldBy.map(JSON.string)), "cancelled": JSON(invite.cancelled),
                ]
            }
        }
        for (topic, given) in before where invitations[topic] == nil {
            let isHeld = given["held_by"]?.arrayValue?.contains { $0.stringValue == event } ?? false
            let end = given["calendar"]?["end"]?.stringValue.flatMap(Timestamp.init)
            guard !isHeld, let end, end > context.now, let cancelled = given["cancelled"]?.stringValue,
                var calendar = given["calendar"]?.objectValue
            else { continue }
            calendar["sequence"] = .int(after.version + 1)
            calendar["method"] = "cancel"
            let recipients = (given["to"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap(Principal.init) }
            self.cancelled.append((calendar, recipients, cancelled))
        }
        if !(invitations.isEmpty && before.isEmpty) {
            after.document["case"]?["invitations"] = invitations.isEmpty ? nil : .object(invitations)
        }
    }

    /// The members of an invitation that do not depend on who reads it; nil while its time is not known.
    private func calendar(_ invite: InvitationDefinition, topic: String) -> JSONObject? {
        func time(_ place: JSONPointer) -> Timestamp? { after.document[place]?.stringValue.flatMap(Timestamp.init) }
        let start: Timestamp
        let end: Timestamp
        var allDay = false
        switch invite.time {
        case .appointment(let from, let to, let minutes):
            guard let begins = time(from) else { return nil }
            start = begins
            end = to.flatMap(time).flatMap { $0 > begins ? $0 : nil } ?? begins + minutes * 60_000
        case .deadline(let name):
            guard let due = after.document["case"]?["due"]?[name]?.stringValue.flatMap(Timestamp.init) else {
                return nil
            }
            let day = context.calendar.date(at: due)
            (start, end) = (context.calendar.time(day), context.calendar.time(day.adding(days: 1)))
            allDay = true
        }
        let calendar: JSONObject = [
            "uid": .string("\(after.id)-\(topic)@rotationd"), "sequence": .int(after.version + 1),
            "method": "request", "start": JSON(start), "end": JSON(end), "allDay": .bool(allDay),
            "location": JSON(invite.location.flatMap { after.document[$0]?.stringValue }),
        ]
        return calendar.withoutNulls
    }
}

extension Engine {
    /// The same for a topic that is told when a state is entered: with what it invites to, and the deadline that comes first,
    /// by when something is to be done.
    public static func messageData(
        of current: Case, topic: String, definition: Definition, urgent: Bool = false
    ) -> JSONObject {
        let due = current.document["case"]?["due"]?.objectValue ?? [:]
        return messageData(
            of: current, definition: definition,
            deadline: due.min { ($0.value.stringValue ?? "") < ($1.value.stringValue ?? "") }?.key, urgent: urgent,
            invitation: current.document["case"]?["invitations"]?[topic]?["calendar"]?.objectValue)
    }

    /// What a message says of a case: names and times, never what a form, a ballot or a comment says.
    public static func messageData(
        of current: Case, definition: Definition, deadline: String?, urgent: Bool = false,
        invitation: JSONObject? = nil
    ) -> JSONObject {
        var data: JSONObject = [
            "workflow": .string(definition.name), "definition": .int(definition.version),
            "title": .string(current.title), "state": .string(current.state), "subject": JSON(current.subject),
        ]
        if let deadline {
            data["deadline"] = .string(deadline)
            data["due"] = current.document["case"]?["due"]?[deadline]
        }
        if urgent { data["urgent"] = true }
        if let invitation { data["invitation"] = .object(invitation) }
        return data.withoutNulls
    }
}
