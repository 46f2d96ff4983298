// Nothing: the program whose precompiled headers all tests share
// (MortsafeTargets.cmake) needs a source.
