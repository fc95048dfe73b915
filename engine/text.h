/* text.h - texts: kept once each under a number, folded for comparison, searched for words, and
 * read as addresses.
 *
 * Rules compare texts without regard to case and Unicode form, so two texts are alike when their
 * folds are the same bytes, and two texts of one pool when tr_texts_folded gives the same number.
 *
 * Everything here takes bytes that are valid UTF-8 (tr_utf8_valid tells; the reader of events and
 * the scanner refuse the rest) and gives the same answer on every machine: no locale has a say.
 *
 * Ownership: a pool's texts live as long as the pool's memory and never move. What the other
 * functions give lives in the arena they were handed, or is the very text they were handed, where
 * that needs no change. */
#ifndef TR_TEXT_H
#define TR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/map.h"
#include "grammar/memory.h"

bool tr_utf8_valid(const char *bytes, size_t length);

/* ---- the pool ----
 *
 * Numbers run from 0, the empty text, in the order of adding. A pool may stand on a sealed one,
 * the texts of an engine on the constants of its program: those keep their numbers, and its own
 * follow.
 *
 *     program's pool, sealed   0 ""   1 "ceo"   2 "Germany"   3 "germany"
 *     engine's pool            . . . . . . . . . . . . . . . . . . . . .    4 "Acme GmbH"   5 ...
 *
 * A text costs its bytes and a NUL, 12 bytes of entry, and 11 to 21 of the map's slots. */

#define TR_TEXTS_NONE UINT32_MAX

typedef struct tr_texts_entry {
  uint32_t chunk_at; /* upper half: which chunk; lower half: where in it */
  uint32_t length;
  uint32_t folded; /* the number of its fold; TR_TEXTS_NONE: nobody has asked yet */
} tr_texts_entry;

typedef struct tr_texts_pieces {
  void **items;
  uint32_t count, room;
} tr_texts_pieces;

typedef struct tr_texts {
  tr_memory *memory;
  const struct tr_texts *base; /* NULL: stands on its own */
  uint32_t first;              /* number of the first text that is its own */
  uint32_t count;              /* how many are its own */
  bool sealed;
  tr_texts_pieces blocks; /* of entries, 1,024 each */
  tr_texts_pieces chunks; /* of bytes, 64 KiB each, or one text that is longer */
  uint32_t chunk;         /* the one being filled */
  uint32_t chunk_used;    /* bytes of it */
  tr_map map;
  tr_arena scratch; /* for folding */
} tr_texts;

/* `base` is NULL or sealed, and must outlive the pool. The pool must not be copied or moved
 * afterwards. */
void tr_texts_init(tr_texts *pool, tr_memory *memory, const tr_texts *base);

/* Gives the pool's hashes a secret of its own; before the first text is added. Numbers do not
 * depend on it. Without one, a sender who knows the source could choose texts that collide. */
void tr_texts_seed(tr_texts *pool, tr_hash_key key);

/* Makes sure that the fold of each text is known, and lets no more in. */
void tr_texts_seal(tr_texts *pool);

/* The number of exactly these bytes, adding them when they are new. A pool holds 4 GiB at most;
 * beyond that it leaves as if there were no memory. */
uint32_t tr_texts_add(tr_texts *pool, const char *bytes, size_t length);

/* The same without adding: TR_TEXTS_NONE when they are not there. */
uint32_t tr_texts_find(const tr_texts *pool, const char *bytes, size_t length);

/* The bytes of a text, with a NUL behind them. `length` may be NULL. */
const char *tr_texts_bytes(const tr_texts *pool, uint32_t id, size_t *length);

/* The number of its fold, which is its own fold. */
uint32_t tr_texts_folded(tr_texts *pool, uint32_t id);

/* How many numbers are given: those of the base too, and the empty text. */
uint32_t tr_texts_count(const tr_texts *pool);

/* ---- folding ---- */

/* Full case folding and the composed normal form, NFC: "STRASSE" and "Straße" both give "strasse".
 * Takes a text in canonically equivalent spellings to one fold, and a fold to itself. Accents
 * stay. */
const char *tr_fold(tr_arena *arena, const char *bytes, size_t length, size_t *out_length);

/* Of folds. They look at bytes, so "e" is in "ex" but not in a composed "é". */
bool tr_text_starts_with(const char *bytes, size_t length, const char *start, size_t start_length);
bool tr_text_ends_with(const char *bytes, size_t length, const char *end, size_t end_length);
bool tr_text_contains(const char *bytes, size_t length, const char *part, size_t part_length);

/* ---- has any of ("head of", "*leiter", "start*", "*mid*") ----
 *
 * A word is a longest run of letters and decimal digits; all else only separates. A pattern is one
 * word or several in a row, whatever separates them in the text; a '*' touching its start or end
 * leaves that end of its first or last word open.
 *
 * Case, accents and what is invisible (a soft hyphen) do not count. An accent is what Unicode
 * decomposes into a mark: "é" is "e" and "ü" is "u" here, and ß, by folding, "ss". What Unicode
 * holds for a letter of its own stays one: ø is not "o", ł not "l", đ not "d", æ not "ae", the
 * Turkish ı not "i".
 *
 * Scripts written without spaces have one long word to a phrase: there the pattern is "*mid*". */

typedef struct tr_words tr_words;

/* Makes `count` patterns, NUL-terminated, into a set that lives in the arena. When one says
 * nothing that can be looked for, gives NULL, its index, and what is wrong with it ("pattern '...'
 * %s"). */
tr_words *tr_words_compile(tr_arena *arena, const char *const *patterns, size_t count,
                           size_t *bad_index, const char **why);

/* A text of ASCII and no more than TR_WORDS_SMALL_BYTES asks nothing of the scratch arena; the
 * work grows with the text's length, times the number of patterns. */
#define TR_WORDS_SMALL_BYTES 510
bool tr_words_match(const tr_words *words, tr_arena *scratch, const char *bytes, size_t length);

/* ---- domain of TEXT ---- */

#define TR_DOMAIN_BYTES_MAX 253 /* RFC 1035, without the root's dot */

/* The domain of an e-mail address ("a@acme.de", "Anna <a@acme.de>", "mailto:a@acme.de") or the
 * host of a URL ("https://www.acme.de:8080/x"; without a scheme only when it has a dot:
 * "acme.de/x"), folded, without port and closing dot. False when there is none: a text that is
 * neither, two addresses, an address in brackets ("[::1]"). The Unicode and the "xn--" spelling of
 * a domain stay two. */
bool tr_domain_of(tr_arena *arena, const char *bytes, size_t length, const char **out,
                  size_t *out_length);

#endif
