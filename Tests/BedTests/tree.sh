#!/bin/bash
# Makes a bare Debian system to boot and to install the package on.
#   tree.sh RELEASE FOLDER
set -euo pipefail
# What the package depends on and a bare system lacks is fetched, but left to apt to install: in the test there is no network.
mmdebstrap --quiet --variant=apt --include=systemd,systemd-sysv,dbus --skip=cleanup/apt \
    --customize-hook='chroot "$1" apt-get install --quiet=2 --yes --download-only --install-recommends libsqlite3-0 libcurl4 ca-certificates tzdata' \
    "$1" "$2"
