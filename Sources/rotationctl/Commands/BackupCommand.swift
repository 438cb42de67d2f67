import ArgumentParser

/// `rotationctl backup`
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make copies of the store while work goes on, and list them.",
        discussion: """
            The storage plugin writes the copy into its own backup folder, for SQLite the folder "backups" beside the \
            database (/var/lib/rotationd-storage-sqlite/backups). With FILE the copy is brought there, which takes an \
            account that may read the plugin's folder: root, or one in the group rotationd-storage-sqlite. Every \
            command that was answered before the backup began is in it. \
            rotationd-backup.timer makes one a day with --keep 14. To put one back: rotationctl restore.

            EXAMPLES
              rotationctl backup
              rotationctl backup /mnt/usb/rotationd.sqlite
              rotationctl backup --keep 14
              rotationctl backup list
            """,
        subcommands: [BackupMake.self, BackupList.self], defaultSubcommand: BackupMake.self)
}
