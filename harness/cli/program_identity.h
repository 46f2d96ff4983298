// Which program this is, down to the code of its search and of its maps.

#ifndef MORTSAFE_HARNESS_CLI_PROGRAM_IDENTITY_H_
#define MORTSAFE_HARNESS_CLI_PROGRAM_IDENTITY_H_

#include <string>

namespace mortsafe {

// Version and build, and a digest of the program's file: what one program has
// shown of a map that is compiled into it says nothing of another. In one line.
std::string ProgramIdentity();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_PROGRAM_IDENTITY_H_
