# Writes HEADER with the commit of SOURCE_DIR, and only when that has changed: what includes it is rebuilt only then.
#   cmake -DSOURCE_DIR=... -DHEADER=... -P git_revision.cmake
# A fixed abbreviation and no tags: a shallow clone names a commit as a full one does.
set(REVISION "unknown")
find_program(GIT_PROGRAM git)
if(GIT_PROGRAM)
  # Unpacked inside somebody else's repository, these sources have no revision of their own.
  execute_process(COMMAND ${GIT_PROGRAM} -C ${SOURCE_DIR} rev-parse --show-cdup
    OUTPUT_VARIABLE UP RESULT_VARIABLE FAILED OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT FAILED AND UP STREQUAL "")
    execute_process(
      COMMAND ${GIT_PROGRAM} --no-optional-locks -C ${SOURCE_DIR} describe --always --dirty --abbrev=12 "--exclude=*"
      OUTPUT_VARIABLE DESCRIBED RESULT_VARIABLE FAILED OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT FAILED AND DESCRIBED MATCHES "^[0-9a-f]+(-dirty)?$")
      set(REVISION ${DESCRIBED})
    endif()
  endif()
endif()

set(TEXT "#pragma once\n#define DECODESIM_GIT_REVISION \"${REVISION}\"\n")
set(BEFORE "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} BEFORE)
endif()
if(NOT BEFORE STREQUAL TEXT)
  file(WRITE ${HEADER} "${TEXT}")
endif()
