import ArgumentParser
import JSONCore
import Varlink
import Workflow

/// Gets the form of an event from where the options say, and sends it.
struct FormSender {
    /// What the form is about, for the editor.
    struct Blank {
        /// For the file's name.
        let event: String
        let heading: String
        /// Nil when the event has no form.
        let schema: Schema?
        let isOptional: Bool
    }

    let session: Session
    let options: FormOptions

    private var messages: Messages { session.messages }

    /// - Parameters:
    ///   - blank: Asked for when the form is to be filled in by hand.
    ///   - send: Gets the form, nil for none.
    /// - Returns: What `send` answers.
    func run(
        blank: () async throws -> Blank, send: (JSONObject?) async throws -> JSONObject
    ) async throws -> JSONObject {
        if options.edit || options.isEmpty && Console.isInteractive {
            let blank = try await blank()
            if let schema = blank.schema, options.edit || !blank.isOptional {
                return try await edit(blank, schema, send)
            }
            if options.edit { throw Failure(.usage, messages.eventHasNoForm(blank.event)) }
            return try await send(nil)
        }
        if options.isEmpty { return try await send(nil) }
        let file = try options.file.map { path throws(Failure) in try FormFile(InputFile(path, messages)) }
        var fields = try file?.fields(messages) ?? [:]
        if !options.set.isEmpty {
            do throws(FormAssignment.Problem) {
                var form = JSON.object(fields)
                for text in options.set { try FormAssignment(text).apply(to: &form) }
                fields = form.droppingNulls.objectValue ?? fields
            } catch {
                throw error.failure(messages)
            }
        } else if let file, fields.isEmpty, file.value.isNull {
            throw Failure(.noInput, "\(file.name): \(messages.emptyForm)")
        }
        do {
            return try await send(fields)
        } catch let error as VarlinkError where error.name.hasSuffix(".InvalidForm") {
            guard let file else { throw error }
            var failure = session.failure(error)
            failure.details = session.violations(error.parameters).map { file.prefix($0.pointer) + $0.text }
            throw failure
        }
    }

    // MARK: In the editor

    private func edit(
        _ blank: Blank, _ schema: Schema, _ send: (JSONObject?) async throws -> JSONObject
    ) async throws -> JSONObject {
        var text =
            if let path = options.file {
                try InputFile(path, messages).text
            } else {
                FormTemplate.yaml(
                    for: schema, language: session.language, heading: messages.editorHeading(blank.heading))
            }
        let file = try EditedFile(name: blank.event, messages)
        // A form given with --file was filled in already, so that it may be sent unchanged.
        var unchanged = options.file == nil ? text : nil
        var refusal: Failure?
        while true {
            try file.write((refusal.map(remarks) ?? "") + text)
            do throws(Failure) {
                try file.edit()
            } catch {
                throw try given(up: error, file, text, isFilledIn: refusal != nil || file.text() != text)
            }
            let edited = Self.withoutRemarks(try file.text())
            if Self.isBlank(edited) {
                throw try given(up: Failure(.noInput, messages.emptyForm), file, text, isFilledIn: refusal != nil)
            }
            if edited == unchanged {
                let failure = refusal ?? Failure(.noInput, messages.unchangedForm)
                throw try given(up: failure, file, text, isFilledIn: refusal != nil)
            }
            (text, unchanged) = (edited, edited)
            do {
                let form = try checked(InputFile(name: file.path, text: edited), schema)
                let reply = try await send(form)
                file.remove()
                return reply
            } catch {
                let failure = session.failure(error)
                guard failure.status == .data, failure.isAboutForm else {
                    throw try given(up: failure, file, edited, isFilledIn: true)
                }
                refusal = located(failure, edited)
            }
        }
    }

    /// Checked here first, so that most mistakes need no daemon.
    private func checked(_ input: InputFile, _ schema: Schema) throws(Failure) -> JSONObject? {
        let form = try FormFile(input)
        let fields = try form.fields(messages)
        let violations = schema.validate(form.value)
        guard violations.isEmpty else {
            var failure = Failure(.data, messages.refusedHeading)
            failure.details = violations.map { $0.message(session.language, titles: schema) }
            throw failure
        }
        return fields
    }

    /// The failure with the lines of the fields, as they will be below the remarks.
    private func located(_ failure: Failure, _ text: String) -> Failure {
        guard let form = try? FormFile(InputFile(name: "", text: text)) else { return failure }
        var failure = failure
        let offset = remarks(failure).count { $0 == "\n" }
        failure.details = failure.details.map { detail in
            let end = detail.firstIndex { $0 == ":" || $0 == " " } ?? detail.endIndex
            guard let pointer = JSONPointer(String(detail[..<end])), let place = form.position(of: pointer) else {
                return detail
            }
            return "\(place.line + offset): \(detail)"
        }
        return failure
    }

    private static let remark = "#!"

    private func remarks(_ failure: Failure) -> String {
        ([failure.reason] + failure.details.map { "  " + $0 })
            .map { "\(Self.remark) \($0.printable())\n" }.joined()
    }

    private static func withoutRemarks(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix(remark) }
            .joined(separator: "\n")
    }

    private static func isBlank(_ text: String) -> Bool {
        text.split(separator: "\n").allSatisfy { line in
            line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true
        }
    }

    /// Ends it: what was filled in stays in the file, and the failure says where.
    private func given(up failure: Failure, _ file: EditedFile, _ text: String, isFilledIn: Bool) throws -> Failure {
        guard isFilledIn else {
            file.remove()
            return failure
        }
        if Self.isBlank(try file.text()) { try file.write(text) }
        var failure = failure
        failure.hint = [failure.hint, messages.formKept(file.path)].compactMap { $0 }.joined(separator: "\n")
        return failure
    }
}

extension Failure {
    /// Another form may be accepted.
    fileprivate var isAboutForm: Bool {
        guard let refusal else { return true }
        return ["InvalidForm", "RequirementNotMet", "BallotRefused"].contains { refusal.name.hasSuffix("." + $0) }
    }
}
