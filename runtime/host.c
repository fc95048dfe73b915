/* host.c - reads treaties, their lists and time zones from the disk, and remembers all that it
 * gave.
 *
 * A bundle names its files relative to the folder of the main file, so that the same treaty has the
 * same hash wherever it lies and from wherever it is called:
 *
 *     treaty-bundle 1\n
 *     main 2481 desk.treaty\n  …2481 bytes…\n      the kind, how many bytes, the name
 *     file 97 ../common/parties.treaty\n  …\n      sorted by kind and name
 *     file 1200 std/bant.treaty\n  …\n
 *     zone 2298 Europe/Berlin\n  …\n
 */
#include "runtime/host.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/seal.h"

/* A file longer than this is not a treaty: reading ends, and the load says that the file is too
 * large. */
#define HOST_FILE_BYTES_MAX (UINT64_C(64) << 20)
#define HOST_ZONE_BYTES_MAX (UINT64_C(1) << 20)
#define HOST_FOLDER_DEFAULT "/usr/share/zoneinfo"

static const char bundle_head[] = "treaty-bundle 1\n";

typedef enum piece_kind { PIECE_MAIN, PIECE_FILE, PIECE_ZONE, PIECE_KIND_COUNT } piece_kind;

static const char *const piece_words[PIECE_KIND_COUNT] = {"main", "file", "zone"};

/* One thing that was read. */
typedef struct piece {
  piece_kind kind;
  char *name; /* as the bundle has it */
  char *bytes;
  size_t length;
} piece;

struct host {
  piece *pieces; /* in the order of kind and name */
  size_t count, room;
  char *folder;     /* of the main file, without dots; set by the first file that is read */
  bool from_bundle; /* the disk is not looked at */
  buffer why;       /* the last reason for a "no" */
};

/* ---- Names ----------------------------------------------------------------------------------- */

/* Works "." and ".." off, without asking the disk: "a/./b/../c" is "a/c". A leading "/" or "../"
 * stays. */
static char *path_plain(const char *path) {
  buffer out = {0};
  bool absolute = path[0] == '/';
  if (absolute) buffer_put(&out, "/", 1);
  size_t floor = out.length; /* nothing before it can be taken back */
  for (const char *at = path; *at;) {
    size_t length = strcspn(at, "/");
    if (length == 2 && memcmp(at, "..", 2) == 0) {
      if (out.length > floor) {
        while (out.length > floor && out.bytes[out.length - 1] != '/') out.length--;
        if (out.length > floor) out.length--;
      } else if (!absolute) {
        if (out.length > 0) buffer_put(&out, "/", 1);
        buffer_put(&out, "..", 2);
        floor = out.length;
      }
    } else if (length > 0 && !(length == 1 && *at == '.')) {
      if (out.length > 0 && out.bytes[out.length - 1] != '/') buffer_put(&out, "/", 1);
      buffer_put(&out, at, length);
    }
    at += length;
    if (*at == '/') at++;
  }
  buffer_text(&out);
  return out.bytes;
}

/* The folder of a plain path: "a/b" of "a/b/c", "" of "c", "/" of "/c". Changes it in place. */
static void cut_to_folder(char *plain) {
  char *slash = strrchr(plain, '/');
  if (!slash)
    *plain = '\0';
  else
    slash[slash == plain ? 1 : 0] = '\0';
}

/* How many bytes of both are the same whole folders. */
static size_t shared_folders(const char *folder, const char *path) {
  size_t shared = 0, i = 0;
  for (; folder[i] && folder[i] == path[i]; i++)
    if (folder[i] == '/') shared = i + 1;
  if (!folder[i] && path[i] == '/') shared = i + 1;
  return shared;
}

/* The name of a file in the bundle: as seen from the folder of the main file. */
static char *relative_name(const char *folder, const char *path) {
  char *plain = path_plain(path);
  bool comparable = (folder[0] == '/') == (plain[0] == '/');
  if (!comparable || folder[0] == '\0') return plain;
  size_t shared = shared_folders(folder, plain), length = strlen(folder);
  buffer name = {0};
  for (size_t i = shared; i < length; i++)
    if (i == shared || folder[i - 1] == '/') buffer_put(&name, "../", 3);
  buffer_put(&name, plain + shared, strlen(plain + shared));
  buffer_text(&name);
  free(plain);
  return name.bytes;
}

static bool is_std_name(const char *path) { return strncmp(path, "std/", 4) == 0; }

/* Zone names come from treaties: they must not lead out of the folder of zones. */
static bool is_zone_name(const char *name) {
  if (name[0] == '\0' || name[0] == '/' || strlen(name) > 100) return false;
  for (const char *at = name; *at; at++) {
    bool letter =
        (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9');
    if (!letter && !strchr("_+-/", *at)) return false;
  }
  return true;
}

/* ---- Pieces ---------------------------------------------------------------------------------- */

/* Where the piece stands, or where it would have to be put. */
static size_t piece_index(const host *host, piece_kind kind, const char *name, bool *found) {
  *found = false;
  size_t i = 0;
  for (; i < host->count; i++) {
    const piece *at = &host->pieces[i];
    int order = at->kind != kind ? (at->kind < kind ? -1 : 1) : strcmp(at->name, name);
    if (order >= 0) {
      *found = order == 0;
      break;
    }
  }
  return i;
}

/* Takes name and bytes over. */
static const piece *add_piece(host *host, piece_kind kind, char *name, buffer *content) {
  bool found;
  size_t index = piece_index(host, kind, name, &found);
  assert(!found);
  if (host->count == host->room) {
    size_t room = host->room ? host->room * 2 : 8;
    host->pieces = room_grow(host->pieces, room, sizeof *host->pieces);
    host->room = room;
  }
  memmove(&host->pieces[index + 1], &host->pieces[index], (host->count - index) * sizeof(piece));
  buffer_text(content); /* so that an empty file has bytes, too */
  host->pieces[index] =
      (piece){.kind = kind, .name = name, .bytes = content->bytes, .length = content->length};
  *content = (buffer){0};
  host->count++;
  return &host->pieces[index];
}

static const piece *find_piece(const host *host, piece_kind kind, const char *name) {
  bool found;
  size_t index = piece_index(host, kind, name, &found);
  return found ? &host->pieces[index] : NULL;
}

/* Whether the stored name, which is relative to the folder that the treaty was read from, may be
 * that of the absolute path. */
static bool may_be(const char *name, const char *path) {
  while (strncmp(name, "../", 3) == 0) name += 3;
  size_t length = strlen(name), whole = strlen(path);
  return whole > length && path[whole - length - 1] == '/' &&
         strcmp(path + whole - length, name) == 0;
}

/* Of the pieces the only one that may be it. */
static const piece *find_absolute(const host *host, const char *path) {
  const piece *found = NULL;
  for (size_t i = 0; i < host->count; i++) {
    if (host->pieces[i].kind != PIECE_FILE || !may_be(host->pieces[i].name, path)) continue;
    if (found) return NULL;
    found = &host->pieces[i];
  }
  return found;
}

static const piece *main_piece(const host *host) {
  return host->count > 0 && host->pieces[0].kind == PIECE_MAIN ? &host->pieces[0] : NULL;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool refuse(host *host, const char **why, const char *sentence) {
  buffer_clear(&host->why);
  buffer_print(&host->why, "%s", sentence);
  *why = buffer_text(&host->why);
  return false;
}

static const char *sentence_for(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return "no such file";
    case EACCES: return "no permission to read it";
    case EISDIR: return "a folder, not a file";
    default: return strerror(error);
  }
}

/* False: *why says why not. */
static bool read_whole(host *host, int file, uint64_t bytes_max, buffer *content,
                       const char **why) {
  char block[65536];
  for (;;) {
    ssize_t got = read(file, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(host, why, sentence_for(errno));
    if (got == 0) return true;
    buffer_put(content, block, (size_t)got);
    if (content->length > bytes_max) return refuse(host, why, "the file is too large");
  }
}

static bool read_path(host *host, const char *path, uint64_t bytes_max, buffer *content,
                      const char **why) {
  bool standard_input = strcmp(path, "-") == 0;
  int file = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return refuse(host, why, sentence_for(errno));
  bool ok = read_whole(host, file, bytes_max, content, why);
  if (!standard_input) close(file);
  if (!ok) buffer_free(content);
  return ok;
}

static bool answer(const piece *found, treaty_text *text) {
  *text = (treaty_text){.bytes = found->bytes, .length = found->length};
  return true;
}

/* The main file is the first that a load asks for. */
static bool read_main(host *host, const char *path, treaty_text *text, const char **why) {
  buffer content = {0};
  if (!read_path(host, path, HOST_FILE_BYTES_MAX, &content, why)) return false;
  host->folder = path_plain(path);
  cut_to_folder(host->folder);
  char *name = relative_name(host->folder, path);
  return answer(add_piece(host, PIECE_MAIN, name, &content), text);
}

static bool read_other(host *host, const char *path, char *name, treaty_text *text,
                       const char **why) {
  buffer content = {0};
  if (is_std_name(path)) {
    treaty_text standard;
    if (!treaty_std_file(path, &standard)) {
      free(name);
      return refuse(host, why, "no such file among the standard rules");
    }
    buffer_put(&content, standard.bytes, standard.length);
  } else if (!read_path(host, path, HOST_FILE_BYTES_MAX, &content, why)) {
    free(name);
    return false;
  }
  return answer(add_piece(host, PIECE_FILE, name, &content), text);
}

static bool host_read_file(void *context, const char *path, treaty_text *text, const char **why) {
  host *host = context;
  if (strchr(path, '\n')) return refuse(host, why, "a file's name cannot contain a line end");
  const piece *main_file = main_piece(host);
  if (!main_file) {
    if (host->from_bundle) return refuse(host, why, "not in the bundle");
    return read_main(host, path, text, why);
  }
  char *name = is_std_name(path) ? room_copy(path) : relative_name(host->folder, path);
  const piece *found =
      strcmp(name, main_file->name) == 0 ? main_file : find_piece(host, PIECE_FILE, name);
  if (!found && !host->from_bundle) return read_other(host, path, name, text, why);
  free(name);
  if (!found && path[0] == '/') found = find_absolute(host, path);
  return found ? answer(found, text) : refuse(host, why, "not in the bundle");
}

static bool host_read_zone(void *context, const char *name, treaty_text *tzif, const char **why) {
  host *host = context;
  if (!is_zone_name(name)) return refuse(host, why, "no time zone has such a name");
  const piece *found = find_piece(host, PIECE_ZONE, name);
  if (found) return answer(found, tzif);
  if (host->from_bundle) return refuse(host, why, "not in the bundle");

  const char *folder = getenv("TZDIR");
  buffer path = {0}, content = {0};
  buffer_print(&path, "%s/%s", folder && *folder ? folder : HOST_FOLDER_DEFAULT, name);
  bool ok = read_path(host, buffer_text(&path), HOST_ZONE_BYTES_MAX, &content, why);
  buffer_free(&path);
  if (!ok) return false;
  return answer(add_piece(host, PIECE_ZONE, room_copy(name), &content), tzif);
}

treaty_host host_callbacks(host *host) {
  return (treaty_host){.context = host, .read_file = host_read_file, .read_zone = host_read_zone};
}

/* ---- Bundles --------------------------------------------------------------------------------- */

void host_bundle(const host *host, buffer *out) {
  buffer_put(out, bundle_head, strlen(bundle_head));
  for (size_t i = 0; i < host->count; i++) {
    const piece *at = &host->pieces[i];
    buffer_print(out, "%s %zu %s\n", piece_words[at->kind], at->length, at->name);
    buffer_put(out, at->bytes, at->length);
    buffer_put(out, "\n", 1);
  }
}

void host_hash(const host *host, char hex[65]) {
  buffer bundle = {0};
  host_bundle(host, &bundle);
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  int done = EVP_Digest(bundle.bytes, bundle.length, hash, &length, EVP_sha256(), NULL);
  buffer_free(&bundle);
  assert(done == 1 && length == 32);
  (void)done;
  for (unsigned int i = 0; i < length; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

/* Reads one piece at *at and steps behind it. */
static bool take_piece(host *host, const char **at, const char *end) {
  const char *line_end = memchr(*at, '\n', (size_t)(end - *at));
  if (!line_end || line_end - *at < 8) return false;
  piece_kind kind = PIECE_MAIN;
  while (kind < PIECE_KIND_COUNT && memcmp(*at, piece_words[kind], 4) != 0) kind++;
  if (kind == PIECE_KIND_COUNT || (*at)[4] != ' ') return false;

  const char *digit = *at + 5;
  uint64_t length = 0;
  for (; *digit >= '0' && *digit <= '9' && length <= UINT32_MAX; digit++)
    length = length * 10 + (uint64_t)(*digit - '0');
  if (*digit != ' ' || digit + 1 >= line_end) return false;
  if (memchr(digit, '\0', (size_t)(line_end - digit))) return false;
  const char *bytes = line_end + 1;
  if ((uint64_t)(end - bytes) < length + 1 || bytes[length] != '\n') return false;

  buffer name = {0}, content = {0};
  buffer_put(&name, digit + 1, (size_t)(line_end - digit - 1));
  bool again =
      find_piece(host, kind, buffer_text(&name)) || (kind == PIECE_MAIN && main_piece(host));
  if (again) {
    buffer_free(&name);
    return false;
  }
  buffer_put(&content, bytes, length);
  add_piece(host, kind, name.bytes, &content);
  *at = bytes + length + 1;
  return true;
}

host *host_new(void) {
  host *made = room_grow(NULL, 1, sizeof *made);
  *made = (host){0};
  return made;
}

host *host_from_bundle(const void *bytes, size_t length, const char **why) {
  host *made = host_new();
  const char *at = bytes, *end = at + length;
  size_t head_length = strlen(bundle_head);
  made->from_bundle = true;
  bool ok = length >= head_length && memcmp(at, bundle_head, head_length) == 0;
  if (ok) at += head_length;
  while (ok && at < end) ok = take_piece(made, &at, end);
  if (!ok || !main_piece(made)) {
    host_free(made);
    *why = "the stored program is damaged or of another version of treaty";
    return NULL;
  }
  made->folder = path_plain(main_piece(made)->name);
  cut_to_folder(made->folder);
  return made;
}

/* What cannot be read is told by the load. */
host *host_open(const char *path, const char **main_path, buffer *why) {
  host *made = host_new();
  treaty_text text;
  buffer bundle = {0};
  const char *wrong = NULL;
  *main_path = path;
  if (!read_main(made, path, &text, &wrong) || !seal_is(text.bytes, text.length)) return made;
  host *sealed = NULL;
  if (seal_open(text.bytes, text.length, &bundle, why)) {
    sealed = host_from_bundle(bundle.bytes, bundle.length, &wrong);
    if (!sealed) buffer_print(why, "%s", wrong);
  }
  buffer_free(&bundle);
  host_free(made);
  if (sealed) *main_path = host_main_path(sealed);
  return sealed;
}

const char *host_main_path(const host *host) {
  const piece *main_file = main_piece(host);
  return main_file ? main_file->name : "";
}

void host_free(host *host) {
  if (!host) return;
  for (size_t i = 0; i < host->count; i++) {
    free(host->pieces[i].name);
    free(host->pieces[i].bytes);
  }
  free(host->pieces);
  free(host->folder);
  buffer_free(&host->why);
  free(host);
}
