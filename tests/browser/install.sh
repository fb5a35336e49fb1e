#!/bin/sh
# Chromium and a Chinese font from Debian, when this is root on a machine with apt; otherwise the browser tests skip.
set -eu
if command -v chromium >/dev/null && fc-list ':lang=zh' 2>/dev/null | grep -q .; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "no Chromium: the browser tests will be skipped (install the packages chromium and fonts-noto-cjk)"
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >/dev/null
