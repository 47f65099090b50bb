#!/bin/sh
set -eu
./deploy/push "$1"
