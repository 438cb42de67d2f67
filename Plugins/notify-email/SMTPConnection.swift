import CCurl
import Foundation
import Synchronization

/// A connection to the server through libcurl, opened when it is needed and kept between messages. It blocks its thread.
// Unchecked: ``MailServer`` hands it to one thread at a time, which is what libcurl asks for.
final class SMTPConnection: @unchecked Sendable {
    private let settings: EmailSettings
    private let password: String?
    private let handle: UnsafeMutableRawPointer?
    /// When it was used last.
    private(set) var lastUse = ContinuousClock.now

    /// What libcurl's callbacks work on.
    private final class Transfer {
        var transcript = SMTPTranscript()
        let bytes: [UInt8]
        var sent = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init(_ settings: EmailSettings, password: String?) {
        self.settings = settings
        self.password = password
        handle = Self.library == CURLE_OK ? curl_easy_init() : nil
    }

    /// Says good-bye to the server.
    deinit { curl_easy_cleanup(handle) }

    /// Sends the message, or without one asks the server whether it is there: as far as the login, then NOOP.
    func send(_ message: MailMessage?) -> (verdict: SMTPVerdict, stage: SMTPTranscript.Stage) {
        let first = attempt(message)
        lastUse = .now
        // The server may have closed a connection that was idle or had carried enough, which is no fault of anything. Once it
        // has the text, it may have the message.
        guard first.isReused, first.stage != .text, case .unavailable = first.verdict else {
            return (first.verdict, first.stage)
        }
        let second = attempt(message, anew: true)
        return (second.verdict, second.stage)
    }

    private func attempt(
        _ message: MailMessage?, anew: Bool = false
    ) -> (verdict: SMTPVerdict, stage: SMTPTranscript.Stage, isReused: Bool) {
        guard let handle else { return (.unavailable("libcurl cannot be initialised"), .connection, false) }
        let transfer = Transfer(message?.bytes ?? [])
        // Connections outlast this, settings do not.
        curl_easy_reset(handle)
        var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code: CURLcode = withExtendedLifetime(transfer) {
            words.withUnsafeMutableBufferPointer { words in
                var recipients: UnsafeMutablePointer<curl_slist>?
                defer { curl_slist_free_all(recipients) }
                recipients = message.flatMap { curl_slist_append(nil, "<\($0.to.address)>") }
                let code = prepare(handle, Unmanaged.passUnretained(transfer).toOpaque(), message, recipients, words)
                guard code == CURLE_OK else { return code }
                ccurl_set_number(handle, CURLOPT_FRESH_CONNECT, anew ? 1 : 0)
                return curl_easy_perform(handle)
            }
        }
        var opened = 0
        ccurl_get_number(handle, CURLINFO_NUM_CONNECTS, &opened)
        // libcurl keeps the pointers that it was given.
        curl_easy_reset(handle)
        var fault: String?
        if code != CURLE_OK {
            let general = String(cString: curl_easy_strerror(code))
            let detail = String(decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            fault = "\(settings.server):\(settings.port): \((detail.isEmpty ? general : detail).singleLine(300))"
        }
        return (transfer.transcript.verdict(fault: fault), transfer.transcript.stage, opened == 0 && !anew)
    }

    /// - Returns: What libcurl says of the first option that it does not take.
    private func prepare(
        _ handle: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer, _ message: MailMessage?,
        _ recipients: UnsafeMutablePointer<curl_slist>?, _ words: UnsafeMutableBufferPointer<CChar>
    ) -> CURLcode {
        var result = CURLE_OK
        func check(_ code: CURLcode) { if result == CURLE_OK { result = code } }
        func set(_ option: CURLoption, _ number: Int) { check(ccurl_set_number(handle, option, number)) }
        func set(_ option: CURLoption, _ text: String) { check(ccurl_set_pointer(handle, option, text)) }
        check(ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, words.baseAddress))
        set(CURLOPT_URL, settings.url)
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // Whatever the environment says of proxies.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if settings.security != .none { set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let caFile = settings.caFile { set(CURLOPT_CAINFO, caFile) }
        if let username = settings.username, let password {
            set(CURLOPT_USERNAME, username)
            set(CURLOPT_PASSWORD, password)
            // Inside TLS these are all that is needed; others fail on servers that announce what they are not set up for.
            set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
        set(CURLOPT_CONNECTTIMEOUT, settings.connectSeconds)
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, settings.answerSeconds)
        // Sender, recipient, DATA, the text and its acceptance.
        set(CURLOPT_TIMEOUT, settings.connectSeconds + 5 * settings.answerSeconds)
        // The only way to the server's words; nothing of it is printed.
        set(CURLOPT_VERBOSE, 1)
        check(
            ccurl_set_debug(
                handle,
                { _, kind, bytes, count, context in
                    guard let bytes, let context else { return 0 }
                    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                    let line = UnsafeRawBufferPointer(start: bytes, count: count)
                    switch kind {
                    case CURLINFO_HEADER_OUT: transfer.transcript.sent(line)
                    case CURLINFO_DATA_OUT: transfer.transcript.sentText()
                    case CURLINFO_HEADER_IN: transfer.transcript.received(line)
                    default: break
                    }
                    return 0
                }, context))
        guard let message else {
            set(CURLOPT_NOBODY, 1)
            set(CURLOPT_CUSTOMREQUEST, "NOOP")
            return result
        }
        set(CURLOPT_MAIL_FROM, "<\((settings.sender ?? settings.from).address)>")
        check(ccurl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients))
        set(CURLOPT_UPLOAD, 1)
        set(CURLOPT_INFILESIZE, message.bytes.count)
        check(
            ccurl_set_read(
                handle,
                { buffer, size, count, context in
                    guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
                    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                    let chunk = transfer.bytes.dropFirst(transfer.sent).prefix(size * count)
                    UnsafeMutableRawBufferPointer(start: buffer, count: chunk.count).copyBytes(from: chunk)
                    transfer.sent += chunk.count
                    return chunk.count
                }, context))
        return result
    }
}
