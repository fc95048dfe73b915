# std_files.cmake - writes std_files.c: the standard rules as bytes inside the library.
#
#   cmake -D ROOT=<folder that holds std/> -D OUTPUT=<file> -P std_files.cmake
#
# A file rules/std/bant.treaty is found as "std/bant.treaty". They stand in the order of names, so
# that the same rules give the same bytes.
file(GLOB PATHS RELATIVE ${ROOT} ${ROOT}/std/*.treaty)
list(SORT PATHS)

set(ARRAYS "")
set(ROWS "")
set(NUMBER 0)
foreach(PATH ${PATHS})
  file(READ ${ROOT}/${PATH} HEX HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," BYTES "${HEX}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
         BYTES "${BYTES}")
  string(APPEND ARRAYS "static const unsigned char file_${NUMBER}[] = {\n${BYTES}0};\n\n")
  string(APPEND ROWS "  {\"${PATH}\", file_${NUMBER}, sizeof file_${NUMBER} - 1},\n")
  math(EXPR NUMBER "${NUMBER} + 1")
endforeach()

file(WRITE ${OUTPUT}.new "/* std_files.c - the standard rules, by cmake/std_files.cmake. */
#include \"treaty.h\"

#include <string.h>

${ARRAYS}static const struct {
  const char *path;
  const unsigned char *bytes;
  size_t length;
} std_files[] = {
${ROWS}  {NULL, NULL, 0},
};

bool treaty_std_file(const char *path, treaty_text *text) {
  for (size_t i = 0; std_files[i].path; i++) {
    if (strcmp(std_files[i].path, path) != 0) continue;
    *text = (treaty_text){(const char *)std_files[i].bytes, std_files[i].length};
    return true;
  }
  return false;
}

const char *treaty_std_file_name(size_t index) {
  return index < sizeof std_files / sizeof *std_files ? std_files[index].path : NULL;
}
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
