#!/bin/bash -eu
# Called in the image; the services' rules are kept by scripts/oss_fuzz_build.
exec "$SRC/mortsafe/scripts/oss_fuzz_build"
