/* token.h - the secret that a service asks for and its clients know. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>

#include "runtime/buffer.h"
#include "runtime/protocol.h"

/* Reads it from the file's first line or, when `path` is NULL, from the environment's TREATY_TOKEN;
 * "" when there is neither. False: `why` says what is wrong, never what the token is. */
bool token_read(const char *path, char token[PROTOCOL_TOKEN_BYTES_MAX + 1], buffer *why);

#endif
