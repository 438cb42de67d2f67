import JSONCore

/// Ballots live in the document at `/ballots/NAME`: `electorate` and `recused` (ids, as of the opening), `votes` (by id) and,
/// once closed, `result` with `members`, `present`, `voters` (those present who may vote), `cast` (valid votes), `invalid`,
/// `counts`, `tie` and, when an option won, `outcome`.
extension Step {
    mutating func open(_ name: String) {
        guard let ballot = definition.ballots[name] else { return }
        after.document[JSONPointer(tokens: ["ballots", name])] = .object(blank(ballot))
    }

    private func blank(_ ballot: BallotDefinition) -> JSONObject {
        let members = roles.officials([ballot.electorate])
        let recused = members.intersection(roles.officials(ballot.recused))
        return [
            "electorate": .array(members.sorted().map(JSON.string)),
            "recused": .array(recused.sorted().map(JSON.string)),
            "opened_on": JSON(context.calendar.date(at: context.now)), "votes": [:],
        ]
    }

    mutating func cast(_ name: String, form: JSON) throws(Refusal) {
        guard let ballot = definition.ballots[name], let voter = context.actor.official else {
            throw .ballotRefused(ballot: name, reason: .notAMember)
        }
        if ballot.method.flatMap({ after.document[$0] }) == "secret" {
            throw .ballotRefused(ballot: name, reason: .secret)
        }
        let open = after.document["ballots"]?[name] ?? [:]
        if context.actor.onBehalfOf != nil { throw .ballotRefused(ballot: name, reason: .byProxy) }
        if open["result"] != nil { throw .ballotRefused(ballot: name, reason: .alreadyClosed) }
        if !open.contains(voter, in: "electorate") { throw .ballotRefused(ballot: name, reason: .notAMember) }
        if open.contains(voter, in: "recused") { throw .ballotRefused(ballot: name, reason: .recused) }
        if let place = ballot.present, let present = after.document[place]?.arrayValue,
            !present.contains(.string(voter))
        {
            throw .ballotRefused(ballot: name, reason: .notPresent)
        }
        if open["votes"]?[voter] != nil { throw .ballotRefused(ballot: name, reason: .alreadyVoted) }
        let choice = form[ballot.choice]?.stringValue ?? ""
        if ballot.options[choice] == nil { throw .ballotRefused(ballot: name, reason: .unknownOption(choice)) }
        after.document[JSONPointer(tokens: ["ballots", name, "votes", voter])] = form
    }

    mutating func close(_ name: String) throws(Refusal) {
        guard let ballot = definition.ballots[name], let open = after.document["ballots"]?[name] else { return }
        if open["result"] != nil { throw .ballotRefused(ballot: name, reason: .alreadyClosed) }
        var counts = ballot.options.mapValues { _ in 0 }
        for vote in (open["votes"]?.objectValue ?? [:]).values {
            counts[vote[ballot.choice]?.stringValue ?? "", default: 0] += 1
        }
        let result = try result(
            of: ballot, counts: Dictionary(uniqueKeysWithValues: counts.map { ($0, $1) }), invalid: 0, open, form: nil)
        after.document[JSONPointer(tokens: ["ballots", name, "result"])] = .object(result)
    }

    /// Takes over votes that were counted on paper.
    mutating func enter(_ tally: EventDefinition.Tally, form: JSON) throws(Refusal) {
        guard let ballot = definition.ballots[tally.ballot] else { return }
        var counts: [String: Int] = [:]
        for (option, place) in tally.counts { counts[option] = max(0, form[place]?.intValue ?? 0) }
        var entered = blank(ballot)
        entered["votes"] = nil
        entered["on_paper"] = true
        let invalid = max(0, tally.invalid.flatMap { form[$0]?.intValue } ?? 0)
        entered["result"] = .object(
            try result(of: ballot, counts: counts, invalid: invalid, .object(entered), form: form))
        after.document[JSONPointer(tokens: ["ballots", tally.ballot])] = .object(entered)
    }

    private func result(
        of ballot: BallotDefinition, counts: [String: Int], invalid: Int, _ open: JSON, form: JSON?
    ) throws(Refusal) -> JSONObject {
        let members = open["electorate"]?.arrayValue?.count ?? 0
        // Counted votes are anything that a form may say; their sum must not overflow.
        func sum(_ a: Int, _ b: Int) -> Int { a.addingReportingOverflow(b).overflow ? Int.max : a + b }
        let cast = counts.values.reduce(0, sum)
        let given = sum(cast, invalid)
        // A tally's form brings the list of those present along, under the last name of the place where it will stand.
        let listed = ballot.present.flatMap { place in
            (place.tokens.last.flatMap { form?[$0] } ?? after.document[place])?.arrayValue
        }
        let attending = Set((listed ?? []).compactMap(\.stringValue)).filter { open.contains($0, in: "electorate") }
        let present = listed == nil ? given : attending.count
        if let quorum = ballot.quorum, !quorum.isExceeded(by: present, of: members) {
            throw .ballotRefused(ballot: ballot.name, reason: .noQuorum(present: present, members: members))
        }
        let recused = open["recused"]?.arrayValue?.count ?? 0
        let voters =
            listed == nil ? members - recused : attending.filter { !open.contains($0, in: "recused") }.count
        if given > voters {
            throw .ballotRefused(ballot: ballot.name, reason: .moreVotesThanVoters(votes: given, voters: voters))
        }
        let most = counts.values.max() ?? 0
        let leading = ballot.options.keys.filter { counts[$0] == most && most > 0 }
        var outcome = leading.count == 1 ? leading[0] : nil
        if let majority = ballot.majority, outcome != nil {
            let whole = majority.of == .members ? members : cast
            if !majority.moreThan.isExceeded(by: most, of: whole) { outcome = nil }
        }
        var result: JSONObject = [
            "members": .int(members), "present": .int(present), "voters": .int(voters), "cast": .int(cast),
            "invalid": .int(invalid),
            "counts": .object(JSONObject(ballot.options.keys.map { ($0, .int(counts[$0] ?? 0)) }) { $1 }),
            "tie": .bool(leading.count > 1), "closed_on": JSON(context.calendar.date(at: context.now)),
        ]
        if let outcome { result["outcome"] = .string(outcome) }
        return result
    }

    /// Members who can still vote.
    func voters(missingIn name: String) -> [Principal] {
        guard let open = after.document["ballots"]?[name], open["result"] == nil else { return [] }
        let present = definition.ballots[name]?.present.flatMap { after.document[$0]?.arrayValue }
        return (open["electorate"]?.arrayValue ?? []).compactMap { member in
            guard let id = member.stringValue, !open.contains(id, in: "recused"), open["votes"]?[id] == nil,
                present?.contains(member) ?? true
            else { return nil }
            return .official(id)
        }
    }
}

extension JSON {
    fileprivate func contains(_ id: String, in list: String) -> Bool {
        self[list]?.arrayValue?.contains(.string(id)) ?? false
    }
}
