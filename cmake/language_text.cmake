# language_text.cmake - writes language_text.c: docs/language.md as bytes inside the program, for
# `treaty help`.
#
#   cmake -D INPUT=<docs/language.md> -D OUTPUT=<file> -P language_text.cmake
file(READ ${INPUT} HEX HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," BYTES "${HEX}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
       BYTES "${BYTES}")
file(WRITE ${OUTPUT}.new "/* language_text.c - docs/language.md, by cmake/language_text.cmake. */
#include \"runtime/language_help.h\"

const char language_text[] = {
${BYTES}0};
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
