/* seal.c - see seal.h. */
#include "runtime/seal.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"

#define LINE_LETTERS 76

static const char seal_head[] = "treaty-sealed 1\n";
static const char hash_word[] = "sha256 ";
static const char bundle_head[] = "treaty-bundle 1\n";

bool seal_is(const void *bytes, size_t length) {
  size_t head = sizeof seal_head - 1;
  return length >= head && memcmp(bytes, seal_head, head) == 0;
}

static void hash_of(const void *bytes, size_t length, char hex[65]) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int hash_length = 0;
  int done = EVP_Digest(bytes, length, hash, &hash_length, EVP_sha256(), NULL);
  assert(done == 1 && hash_length == 32);
  (void)done;
  for (unsigned int i = 0; i < hash_length; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void put_day(buffer *out, int64_t day) {
  char text[TR_TIME_TEXT_BYTES];
  size_t length = tr_format_date(day, text);
  buffer_put(out, text, length);
}

static void put_agreement(buffer *out, const treaty_agreement *agreement) {
  buffer_print(out, "agreement \"%s\" version %u\n  between", agreement->name, agreement->version);
  for (size_t i = 0; i < agreement->party_count; i++)
    buffer_print(out, "%s %s", i > 0 ? "," : "", agreement->parties[i].name);
  buffer_print(out, "\n  in force from ");
  put_day(out, agreement->from_day);
  if (agreement->to_day != INT64_MAX) {
    buffer_print(out, " to ");
    put_day(out, agreement->to_day);
  }
  buffer_print(out, "\n");
  for (size_t i = 0; i < agreement->party_count; i++) {
    const treaty_party *party = &agreement->parties[i];
    buffer_print(out, "  %s: ", party->name);
    if (party->signed_by) {
      buffer_print(out, "signed by %s on ", party->signed_by);
      put_day(out, party->signed_day);
      buffer_print(out, "\n");
    } else {
      buffer_print(out, "not signed\n");
    }
  }
  buffer_print(out, "\n");
}

static void put_base64(buffer *out, const char *bytes, size_t length) {
  unsigned char *letters = room_grow(NULL, 4 * ((length + 2) / 3) + 1, 1);
  int count = EVP_EncodeBlock(letters, (const unsigned char *)bytes, (int)length);
  for (int at = 0; at < count; at += LINE_LETTERS) {
    int line = count - at < LINE_LETTERS ? count - at : LINE_LETTERS;
    buffer_print(out, "%.*s\n", line, letters + at);
  }
  free(letters);
}

/* One piece of a bundle, as it stands there. */
typedef struct sealed_piece {
  const char *head; /* "zone 2298 Europe/Berlin" */
  size_t head_length;
  const char *bytes;
  size_t length;
} sealed_piece;

static bool is_zone(const sealed_piece *piece) {
  return piece->head_length > 5 && memcmp(piece->head, "zone ", 5) == 0;
}

/* The head of a piece at *at; moves *at behind its line. */
static bool take_head(const char **at, const char *end, sealed_piece *piece) {
  const char *line_end = memchr(*at, '\n', (size_t)(end - *at));
  if (!line_end || line_end - *at < 8) return false;
  piece->head = *at;
  piece->head_length = (size_t)(line_end - *at);
  piece->length = 0;
  for (const char *digit = *at + 5; *digit >= '0' && *digit <= '9'; digit++) {
    if (piece->length > UINT32_MAX) return false;
    piece->length = piece->length * 10 + (size_t)(*digit - '0');
  }
  *at = line_end + 1;
  return true;
}

static void put_pieces(buffer *out, const buffer *bundle) {
  const char *at = bundle->bytes + sizeof bundle_head - 1, *end = bundle->bytes + bundle->length;
  sealed_piece piece;
  while (at < end && take_head(&at, end, &piece)) {
    piece.bytes = at;
    at += piece.length + 1;
    buffer_print(out, "%.*s\n", (int)piece.head_length, piece.head);
    if (is_zone(&piece)) {
      put_base64(out, piece.bytes, piece.length);
    } else {
      buffer_put(out, piece.bytes, piece.length);
      buffer_put(out, "\n", 1);
    }
  }
}

void seal_write(const treaty_program *program, const buffer *bundle, buffer *out) {
  buffer body = {0};
  char hash[65];
  size_t count = treaty_program_agreement_count(program);
  buffer_print(&body, "\n");
  for (size_t i = 0; i < count; i++) {
    treaty_agreement agreement;
    treaty_program_agreement_at(program, i, &agreement);
    put_agreement(&body, &agreement);
  }
  put_pieces(&body, bundle);
  hash_of(body.bytes, body.length, hash);
  buffer_print(out, "%s%s%s\n", seal_head, hash_word, hash);
  buffer_put(out, body.bytes, body.length);
  buffer_free(&body);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool refuse(buffer *why, const char *sentence) {
  buffer_print(why, "%s", sentence);
  return false;
}

static bool check_hash(const char **at, const char *end, buffer *why) {
  size_t word = sizeof hash_word - 1;
  char hash[65];
  if ((size_t)(end - *at) < word + 65 || memcmp(*at, hash_word, word) != 0 ||
      (*at)[word + 64] != '\n')
    return refuse(why, "the sealed treaty has no hash in its second line");
  const char *told = *at + word;
  *at = told + 65;
  hash_of(*at, (size_t)(end - *at), hash);
  if (memcmp(told, hash, 64) == 0) return true;
  return refuse(why, "the treaty was changed after it was sealed");
}

static bool take_base64(const char **at, const char *end, const sealed_piece *piece,
                        buffer *bundle) {
  size_t letters = 4 * ((piece->length + 2) / 3);
  if (letters > (size_t)(end - *at)) return false; /* no room is made for what is not there */
  buffer text = {0};
  bool ok = true;
  while (ok && text.length < letters) {
    size_t line = letters - text.length < LINE_LETTERS ? letters - text.length : LINE_LETTERS;
    ok = (size_t)(end - *at) > line && (*at)[line] == '\n';
    if (ok) buffer_put(&text, *at, line);
    *at += ok ? line + 1 : 0;
  }
  ok = ok && letters <= INT32_MAX;
  unsigned char *plain = ok ? room_grow(NULL, letters + 1, 1) : NULL; /* not what it only says */
  ok = ok && EVP_DecodeBlock(plain, (const unsigned char *)text.bytes, (int)letters) >=
                 (int)piece->length;
  if (ok) buffer_put(bundle, plain, piece->length);
  free(plain);
  buffer_free(&text);
  return ok;
}

static bool take_pieces(const char *at, const char *end, buffer *bundle) {
  sealed_piece piece;
  while (at < end) {
    if (!take_head(&at, end, &piece)) return false;
    buffer_print(bundle, "%.*s\n", (int)piece.head_length, piece.head);
    if (is_zone(&piece)) {
      if (!take_base64(&at, end, &piece, bundle)) return false;
    } else {
      if ((size_t)(end - at) < piece.length + 1) return false;
      buffer_put(bundle, at, piece.length);
      at += piece.length + 1;
    }
    buffer_put(bundle, "\n", 1);
  }
  return true;
}

bool seal_open(const void *bytes, size_t length, buffer *bundle, buffer *why) {
  const char *at = (const char *)bytes + sizeof seal_head - 1, *end = (const char *)bytes + length;
  assert(seal_is(bytes, length));
  if (!check_hash(&at, end, why)) return false;
  const char *pieces = memmem(at, (size_t)(end - at), "\nmain ", 6);
  buffer_print(bundle, "%s", bundle_head);
  if (pieces && take_pieces(pieces + 1, end, bundle)) return true;
  return refuse(why, "the sealed treaty is of another version of treaty");
}
