/* token.c - not on the command line, where every user of the machine could see it. */
#include "runtime/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool take(const char *text, const char *from, char token[PROTOCOL_TOKEN_BYTES_MAX + 1],
                 buffer *why) {
  size_t length = strcspn(text, "\r\n");
  if (length == 0)
    buffer_print(why, "the token in %s is empty", from);
  else if (length > PROTOCOL_TOKEN_BYTES_MAX)
    buffer_print(why, "the token in %s is longer than %d bytes", from, PROTOCOL_TOKEN_BYTES_MAX);
  else {
    memcpy(token, text, length);
    token[length] = '\0';
    for (size_t i = 0; i < length; i++)
      if ((unsigned char)token[i] <= 0x20 || (unsigned char)token[i] >= 0x7f) length = 0;
    if (length > 0) return true;
    buffer_print(why, "the token in %s is not of printable ASCII characters alone", from);
  }
  token[0] = '\0';
  return false;
}

bool token_read(const char *path, char token[PROTOCOL_TOKEN_BYTES_MAX + 1], buffer *why) {
  char text[PROTOCOL_TOKEN_BYTES_MAX + 4] = "";
  const char *environment = getenv("TREATY_TOKEN");
  token[0] = '\0';
  if (!path) return !environment || take(environment, "TREATY_TOKEN", token, why);
  FILE *file = fopen(path, "re");
  if (!file) {
    buffer_print(why, "could not read '%s': %s", path, strerror(errno));
    return false;
  }
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = '\0';
  return take(text, path, token, why);
}
