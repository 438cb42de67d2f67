import ArgumentParser

extension ArgumentHelp {
    static let idempotencyKey = ArgumentHelp(
        "A key of your own for this call.",
        discussion: """
            Sent again with the same key, the call changes nothing and answers as before. Without, a random one is made \
            and used again when the connection is lost.
            """,
        valueName: "key")
}

extension CompletionKind {
    static let workflows = CompletionKind.shellCommand("rotationctl workflow list --names 2>/dev/null")
}
