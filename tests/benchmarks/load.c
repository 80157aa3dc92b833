/*
 * Load for chat servers: opens WebSockets, has messages sent, and counts what arrives.
 *
 *     load --port P --sockets FILE [--senders FILE --request POST --connections 4]
 *          [--message TEXT] [--publish FD] [--pid PID]... [--opening 32] [--count-every 50]
 *          (--rate PER_SECOND WARM SECONDS | --flight MESSAGES WARM SECONDS | --hold)...
 *
 * A line of FILE is "group TAB path TAB Header: value TAB Header: value …". Each line of
 * --sockets is one open socket, which must get every message of its group, once. Messages are
 * sent, group after group, by the first of two ways that is named:
 *
 *     --senders  as HTTP requests over kept-alive connections, line after line; the message is
 *                the body. Without sockets these are plain page requests (--request GET).
 *     --publish  by somebody else, who reads "sequence nanoseconds group" lines from this FD
 *
 * and otherwise as a frame over the sockets of the group in turns. TEXT contains MARK, which
 * becomes the message's number and the moment at which it was due (CLOCK_MONOTONIC); the
 * server may wrap it in what it likes, and may join several in one frame. TEXT may also
 * contain UUID, which becomes the message's own, and ROOM, which becomes what stands after the
 * last "=" of the socket's path.
 *
 * --rate sends messages when they are due, whatever the server does; times run from then.
 * --flight keeps so many on their way: a message is through when everybody has it, and the
 * next is sent. --hold keeps the sockets open until stdin ends. Phases run in their order on
 * the same sockets; their first WARM seconds do not count. Each prints a line of JSON, after
 * one that says how many sockets were opened (--hold prints one when it begins, too). CPU is that of the --pids and of this program
 * between the same two moments, and deliveries are what arrived between them. Before the first
 * phase it waits until the server, having welcomed everybody, has nothing left to do. With
 * --count-every sockets tell the server, as Fachtag's do, how many frames they have received.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MARK "mark-00000000-00000000000000000000"
#define MARK_START "mark-"
#define MARK_LENGTH (sizeof MARK - 1)
#define UUID "00000000-0000-4000-8000-000000000000"
#define ROOM "ROOM______"
#define SECOND 1000000000LL
#define PATIENCE (3 * SECOND) /* for messages that do not arrive */
#define TRIES 3               /* to open a socket, as a server in trouble may refuse it */
#define BUCKETS 1000000       /* of 10 microseconds each */

typedef long long nanoseconds;

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static void *grown(void *memory, size_t size)
{
    if (!(memory = realloc(memory, size)))
        fail("out of memory");
    return memory;
}

static nanoseconds now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* -- bytes */

typedef struct {
    char *data;
    size_t length, room;
} Bytes;

static void append(Bytes *bytes, const char *data, size_t length)
{
    if (bytes->length + length > bytes->room) {
        bytes->room = 2 * (bytes->length + length);
        bytes->data = grown(bytes->data, bytes->room);
    }
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

static void drop(Bytes *bytes, size_t length)
{
    bytes->length -= length;
    memmove(bytes->data, bytes->data + length, bytes->length);
}

/* -- what there is */

typedef struct {
    int group;
    char *path, *headers;
} Line;

typedef struct {
    Line *line;
    int fd;
    bool is_socket, is_open, waits_to_write;
    long frames;
    int tries; /* to open it */
    Bytes in, out;
    /* of a socket */
    uint8_t *seen; /* a bit for each message */
    size_t seen_room;
    long last;      /* the highest message so far */
    uint64_t order; /* a hash of the messages in their order */
    /* of a connection */
    long message; /* whose answer is awaited, or -1 */
} Peer;

typedef struct {
    nanoseconds due, last;
    int group;
    int missing; /* deliveries, and the answer */
    bool counts, is_given_up;
} Message;

static Line *socket_lines, *sender_lines;
static Peer *sockets, *connections;
static int socket_count, sender_count, connection_count = 4, group_count;
static int *group_sizes;
static Peer ***group_peers;

static Message *messages;
static long message_count, message_room, first; /* first of this phase */
static long *queue, queue_head, queue_tail, queue_room; /* messages for connections */
static long in_flight;

static int port, opening = 32, count_every, publish_fd = -1, epoll, timer;
static const char *request = "POST", *text = MARK;
static int pids[64], pid_count;

/* what is counted in a phase */
static struct {
    long deliveries, frames, twice, strange, backwards, answers[6];
    uint32_t delivered[BUCKETS], answered[BUCKETS];
    nanoseconds slowest, slowest_answer;
} tally;

static nanoseconds last_arrival;
static int refused;    /* tries to open a socket */
static int close_code; /* of the last that was closed, 0: without a word */

/* -- writing */

static void watch(Peer *peer, bool writes)
{
    struct epoll_event event = {EPOLLIN | (writes ? EPOLLOUT : 0), {.ptr = peer}};
    if (peer->waits_to_write != writes)
        epoll_ctl(epoll, EPOLL_CTL_MOD, peer->fd, &event);
    peer->waits_to_write = writes;
}

static void flush(Peer *peer)
{
    ssize_t sent = send(peer->fd, peer->out.data, peer->out.length, MSG_NOSIGNAL);
    if (sent > 0)
        drop(&peer->out, sent);
    watch(peer, peer->out.length > 0);
}

static void write_to(Peer *peer, const char *data, size_t length)
{
    append(&peer->out, data, length);
    if (!peer->waits_to_write)
        flush(peer);
}

/* Masked, as clients must, by a mask of zeros. */
static void write_frame(Peer *peer, int opcode, const char *data, size_t length)
{
    unsigned char head[14] = {0x80 | opcode};
    int size = 2;
    if (length < 126) {
        head[1] = 0x80 | length;
    } else if (length < 65536) {
        head[1] = 0x80 | 126;
        head[2] = length >> 8, head[3] = length;
        size = 4;
    } else {
        fail("a message of %zu bytes is too long", length);
    }
    Bytes frame = {0};
    append(&frame, (char *)head, size + 4);
    append(&frame, data, length);
    write_to(peer, frame.data, frame.length);
    free(frame.data);
}

/* -- sending messages */

static char *text_of(long number, const char *path)
{
    char *copy = strdup(text), *place, filled[64];
    if ((place = strstr(copy, MARK))) {
        snprintf(filled, sizeof filled, "mark-%08ld-%020lld", number, messages[number].due);
        memcpy(place, filled, MARK_LENGTH);
    }
    if ((place = strstr(copy, UUID))) {
        /* another one in every run: the process and its start tell them apart */
        snprintf(filled, sizeof filled, "%08x-%04x-4000-8000-%012lx", (unsigned)getpid(),
                 (unsigned)(messages[0].due >> 20) & 0xffff, number);
        memcpy(place, filled, sizeof UUID - 1);
    }
    if ((place = strstr(copy, ROOM))) {
        const char *room = strrchr(path, '=');
        snprintf(filled, sizeof filled, "%*s", (int)sizeof ROOM - 1, room ? room + 1 : "");
        memcpy(place, filled, sizeof ROOM - 1);
    }
    return copy;
}

static void ask(Peer *connection, long number)
{
    Line *line = &sender_lines[number % sender_count];
    bool has_body = strcmp(request, "GET") != 0;
    char *body = has_body ? text_of(number, line->path) : strdup(""), *head;
    int length = asprintf(&head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s", request,
                          line->path, port, line->headers);
    write_to(connection, head, length);
    free(head);
    if (has_body)
        length = asprintf(&head, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        length = asprintf(&head, "\r\n");
    write_to(connection, head, length);
    free(head), free(body);
    connection->message = number;
}

static void ask_next(void)
{
    for (int i = 0; i < connection_count && queue_head < queue_tail; i++)
        if (connections[i].message < 0)
            ask(&connections[i], queue[queue_head++]);
}

static void send_message(nanoseconds due, bool counts)
{
    if (message_count == message_room)
        messages = grown(messages, (message_room = 2 * message_room + 1024) * sizeof *messages);
    long number = message_count++;
    int group = sender_count ? sender_lines[number % sender_count].group : number % group_count;
    int expected = (group < group_count ? group_sizes[group] : 0) + (sender_count > 0);
    messages[number] = (Message){due, 0, group, expected, counts, false};
    in_flight++;
    if (sender_count) {
        if (queue_tail == queue_room)
            queue = grown(queue, (queue_room = 2 * queue_room + 1024) * sizeof *queue);
        queue[queue_tail++] = number;
        ask_next();
    } else if (publish_fd >= 0) {
        dprintf(publish_fd, "%ld %lld %d\n", number, due, group);
    } else {
        Peer *speaker = group_peers[group][number / group_count % group_sizes[group]];
        char *full = text_of(number, speaker->line->path);
        write_frame(speaker, 1, full, strlen(full));
        free(full);
    }
}

/* -- receiving */

static void arrived(Message *message, nanoseconds at)
{
    message->last = last_arrival = at;
    if (--message->missing == 0 && !message->is_given_up)
        in_flight--;
}

static bool seen_before(Peer *peer, long number)
{
    size_t byte = number / 8, room = peer->seen_room;
    uint8_t bit = 1 << number % 8;
    if (byte >= room) {
        peer->seen = grown(peer->seen, peer->seen_room = 2 * byte + 128);
        memset(peer->seen + room, 0, peer->seen_room - room);
    }
    bool before = peer->seen[byte] & bit;
    peer->seen[byte] |= bit;
    return before;
}

static void count(uint32_t *buckets, nanoseconds *slowest, nanoseconds time)
{
    long bucket = time / 10000;
    buckets[bucket < 0 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    if (time > *slowest)
        *slowest = time;
}

static void deliver(Peer *peer, long number, nanoseconds at)
{
    if (number >= message_count || messages[number].group != peer->line->group) {
        tally.strange++;
        return;
    }
    if (seen_before(peer, number)) {
        tally.twice++;
        return;
    }
    Message *message = &messages[number];
    tally.deliveries++;
    if (message->counts && number >= first)
        count(tally.delivered, &tally.slowest, at - message->due);
    tally.backwards += number < peer->last;
    peer->last = number > peer->last ? number : peer->last;
    peer->order = (peer->order ^ (uint64_t)(number + 1)) * 1099511628211ULL;
    arrived(message, at);
}

static void scan(Peer *peer, const char *data, size_t length, nanoseconds at)
{
    const char *end = data + length;
    while ((data = memmem(data, end - data, MARK_START, sizeof MARK_START - 1))) {
        if (end - data < (long)MARK_LENGTH)
            return;
        if (isdigit(data[5]) && data[13] == '-')
            deliver(peer, strtol(data + 5, NULL, 10), at);
        data += MARK_LENGTH;
    }
}

static void close_peer(Peer *peer)
{
    close(peer->fd);
    peer->is_open = false;
}

static void tell_count(Peer *peer)
{
    char count[24];
    write_frame(peer, 1, count, snprintf(count, sizeof count, "%ld", peer->frames));
}

/* Returns how much of the data it took: whole frames. A fragment counts as a frame. */
static size_t take_frames(Peer *peer, const char *data, size_t length, nanoseconds at)
{
    const unsigned char *byte = (const unsigned char *)data;
    size_t taken = 0;
    while (length - taken >= 2) {
        const unsigned char *frame = byte + taken;
        size_t head = 2, size = frame[1] & 127;
        if (size >= 126)
            head += size == 126 ? 2 : 8;
        if (length - taken < head)
            break;
        if (head > 2) {
            size = 0;
            for (size_t i = 2; i < head; i++)
                size = size << 8 | frame[i];
        }
        if (length - taken < head + size)
            break;
        const char *payload = (const char *)frame + head;
        switch (frame[0] & 15) {
        case 0: case 1: case 2:
            tally.frames++;
            scan(peer, payload, size, at);
            if (count_every && ++peer->frames % count_every == 0)
                tell_count(peer);
            break;
        case 8:
            close_code = size < 2 ? 0 : frame[head] << 8 | frame[head + 1];
            close_peer(peer);
            return length;
        case 9:
            write_frame(peer, 10, payload, size);
        }
        taken += head + size;
    }
    return taken;
}

static void connect_peer(Peer *peer);

/* By its first digit; 0: not at all. What was refused will not be delivered. */
static void answered(Peer *connection, int status, nanoseconds at)
{
    Message *message = &messages[connection->message];
    tally.answers[status >= 0 && status < 6 ? status : 0]++;
    arrived(message, at);
    if ((status < 2 || status > 3) && message->missing && !message->is_given_up) {
        message->is_given_up = true;
        in_flight--;
    }
    connection->message = -1;
}

static void take_answer(Peer *connection, nanoseconds at)
{
    Bytes *in = &connection->in;
    append(in, "", 1); /* so that it is a string */
    in->length--;
    char *head_end = strstr(in->data, "\r\n\r\n");
    if (!head_end || connection->message < 0)
        return;
    size_t head = head_end + 4 - in->data;
    char *field = strcasestr(in->data, "\r\nContent-Length:");
    if (field && field < head_end) {
        if (in->length < head + strtoul(field + 17, NULL, 10))
            return;
    } else if (in->length < head + 5 || memcmp(in->data + in->length - 5, "0\r\n\r\n", 5)) {
        return; /* chunked, or without a body that anybody asked for */
    }
    int status = in->length > 9 ? in->data[9] - '0' : 0;
    Message *message = &messages[connection->message];
    if (message->counts && connection->message >= first)
        count(tally.answered, &tally.slowest_answer, at - message->due);
    answered(connection, status, at);
    bool closes = strcasestr(in->data, "\r\nConnection: close") != NULL;
    in->length = 0;
    if (closes) {
        close_peer(connection);
        connect_peer(connection);
    }
    ask_next();
}

static void read_from(Peer *peer)
{
    static char buffer[1 << 18];
    ssize_t length = recv(peer->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    nanoseconds at = now();
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0) {
        close_peer(peer);
        if (!peer->is_socket) {
            peer->in.length = peer->out.length = 0;
            if (peer->message >= 0)
                answered(peer, 0, at);
            connect_peer(peer);
            ask_next();
        }
    } else if (!peer->is_socket) {
        append(&peer->in, buffer, length);
        take_answer(peer, at);
    } else if (peer->in.length) {
        append(&peer->in, buffer, length);
        drop(&peer->in, take_frames(peer, peer->in.data, peer->in.length, at));
    } else {
        size_t taken = take_frames(peer, buffer, length, at);
        append(&peer->in, buffer + taken, length - taken);
    }
}

/* Waits for what arrives, at most until this moment. */
static void wait_until(nanoseconds until)
{
    struct epoll_event events[1024];
    struct itimerspec when = {{0, 0}, {until / SECOND, until % SECOND}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
    int count = epoll_wait(epoll, events, 1024, -1);
    for (int i = 0; i < count; i++) {
        Peer *peer = events[i].data.ptr;
        if (!peer || !peer->is_open)
            continue;
        if (events[i].events & EPOLLOUT)
            flush(peer);
        if (events[i].events & ~EPOLLOUT)
            read_from(peer);
    }
}

/* -- opening */

static void connect_peer(Peer *peer)
{
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    int yes = 1;
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || connect(peer->fd, (struct sockaddr *)&address, sizeof address))
        fail("cannot connect to port %d: %s", port, strerror(errno));
    fcntl(peer->fd, F_SETFL, O_NONBLOCK);
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {EPOLLIN, {.ptr = peer}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, peer->fd, &event);
    peer->is_open = true;
    peer->waits_to_write = false;
}

static void open_socket(Peer *peer)
{
    char *head;
    peer->tries++;
    connect_peer(peer);
    int length = asprintf(
        &head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n%s\r\n",
        peer->line->path, port, peer->line->headers);
    write_to(peer, head, length);
    free(head);
}

/* Whether the server has opened it; what follows its answer stays to be read. */
static bool is_welcome(Peer *peer)
{
    char answer[4096];
    ssize_t length = recv(peer->fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_PEEK);
    if (length < 0)
        return false;
    answer[length] = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (length && !end)
        return false;
    if (!length || memcmp(answer + 8, " 101 ", 5)) {
        if (peer->tries == TRIES)
            fail("%s was refused: %.*s", peer->line->path, (int)strcspn(answer, "\r"), answer);
        refused++;
        close_peer(peer);
        open_socket(peer);
        return false;
    }
    recv(peer->fd, answer, end + 4 - answer, 0);
    return true;
}

static void open_sockets(void)
{
    nanoseconds start = now();
    int asked = 0, open = 0;
    bool *is_ready = calloc(socket_count + 1, sizeof *is_ready);
    while (open < socket_count) {
        while (asked < socket_count && asked - open < opening)
            open_socket(&sockets[asked++]);
        struct epoll_event events[256];
        int count = epoll_wait(epoll, events, 256, 30000);
        if (count == 0)
            fail("%d of %d sockets were opened, then nothing for 30 s", open, socket_count);
        for (int i = 0; i < count; i++) {
            Peer *peer = events[i].data.ptr;
            if (is_ready[peer - sockets])
                read_from(peer);
            else if (is_welcome(peer))
                is_ready[peer - sockets] = true, open++;
        }
    }
    free(is_ready);
    for (int i = 0; i < sender_count && i < connection_count; i++)
        connect_peer(&connections[i]);
    struct epoll_event event = {EPOLLIN, {.ptr = NULL}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
    printf("{\"open\": %d, \"refused\": %d, \"seconds\": %.3f}\n", open, refused,
           (now() - start) / 1e9);
    fflush(stdout);
}

/* -- CPU */

/* Seconds that the server's processes have computed so far, threads that ended included. */
static double server_cpu(void)
{
    double seconds = 0;
    for (int i = 0; i < pid_count; i++) {
        clockid_t clock;
        struct timespec time;
        if (clock_getcpuclockid(pids[i], &clock) || clock_gettime(clock, &time))
            fail("the server's process %d has ended", pids[i]);
        seconds += time.tv_sec + time.tv_nsec / 1e9;
    }
    return seconds;
}

static double own_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

typedef struct {
    nanoseconds at;
    double server, own;
    long deliveries, frames;
    long answers;
} Reading;

static Reading reading(void)
{
    Reading reading = {now(), server_cpu(), own_cpu(), tally.deliveries, tally.frames, 0};
    for (int i = 0; i < 6; i++)
        reading.answers += tally.answers[i];
    return reading;
}

/* Until the server computes less than a twentieth of the time, 30 seconds at most. */
static void settle(void)
{
    nanoseconds start = now();
    double before, after = server_cpu();
    do {
        nanoseconds until = now() + SECOND / 4;
        before = after;
        while (now() < until)
            wait_until(until);
        after = server_cpu();
    } while (after - before > 0.05 / 4 && now() < start + 30 * SECOND);
}

/* -- phases */

static int by_time(const void *one, const void *other)
{
    nanoseconds a = *(const nanoseconds *)one, b = *(const nanoseconds *)other;
    return (a > b) - (a < b);
}

static double milliseconds(const uint32_t *buckets, double share)
{
    uint64_t total = 0, below = 0;
    for (long i = 0; i < BUCKETS; i++)
        total += buckets[i];
    for (long i = 0; i < BUCKETS; i++)
        if ((below += buckets[i]) >= share * total && below)
            return (i + 0.5) / 100;
    return 0;
}

static void print_times(const char *name, const uint32_t *buckets, nanoseconds slowest)
{
    printf(", \"%s\": {\"p50\": %.2f, \"p99\": %.2f, \"max\": %.2f}", name,
           milliseconds(buckets, 0.5), milliseconds(buckets, 0.99), slowest / 1e6);
}

/* How many sockets saw other messages, or in another order, than the first of their group. */
static int other_orders(void)
{
    int others = 0;
    for (int i = 0; i < socket_count; i++)
        others += sockets[i].order != group_peers[sockets[i].line->group][0]->order;
    return others;
}

static int closed_sockets(void)
{
    int closed = 0;
    for (int i = 0; i < socket_count; i++)
        closed += !sockets[i].is_open;
    return closed;
}

static void report(const char *mode, double figure, Reading from, Reading to)
{
    long sent = 0, lost = 0, complete = 0;
    nanoseconds *last = grown(NULL, (message_count - first + 1) * sizeof *last);
    for (long i = first; i < message_count; i++) {
        if (!messages[i].counts)
            continue;
        sent++;
        lost += messages[i].missing;
        if (!messages[i].missing)
            last[complete++] = messages[i].last - messages[i].due;
    }
    qsort(last, complete, sizeof *last, by_time);
    double seconds = (to.at - from.at) / 1e9;
    printf("{\"%s\": %g, \"seconds\": %.3f, \"sockets\": %d, \"messages\": %ld, "
           "\"deliveries\": %ld, \"frames\": %ld, \"lost\": %ld, \"twice\": %ld, "
           "\"strange\": %ld, \"backwards\": %ld, \"other_orders\": %d, \"closed\": %d, "
           "\"close_code\": %d, \"server_cpu\": %.4f, \"load_share\": %.3f",
           mode, figure, seconds, socket_count, sent, to.deliveries - from.deliveries,
           to.frames - from.frames, lost, tally.twice, tally.strange, tally.backwards,
           other_orders(), closed_sockets(), close_code, to.server - from.server,
           (to.own - from.own) / seconds);
    printf(", \"answers\": %ld, \"statuses\": {", to.answers - from.answers);
    for (int i = 0, any = 0; i < 6; i++)
        if (tally.answers[i])
            printf("%s\"%dxx\": %ld", any++ ? ", " : "", i, tally.answers[i]);
    printf("}");
    if (!strcmp(mode, "rate")) {
        print_times("each", tally.delivered, tally.slowest);
        printf(", \"last\": {\"p50\": %.2f, \"p99\": %.2f, \"max\": %.2f}",
               complete ? last[complete / 2] / 1e6 : 0.0,
               complete ? last[(complete - 1) * 99 / 100] / 1e6 : 0.0,
               complete ? last[complete - 1] / 1e6 : 0.0);
    }
    if (sender_count)
        print_times("answer", tally.answered, tally.slowest_answer);
    printf("}\n");
    fflush(stdout);
    free(last);
}

/* What has not arrived for a while is given up, so that the next can be sent. */
static void give_up(void)
{
    for (long i = first; i < message_count; i++)
        messages[i].is_given_up = messages[i].is_given_up || messages[i].missing > 0;
    in_flight = 0;
}

static void drain(void)
{
    last_arrival = now();
    while (in_flight > 0 && now() < last_arrival + PATIENCE)
        wait_until(last_arrival + PATIENCE);
    give_up();
}

static void run_rate(double rate, double warm, double seconds)
{
    nanoseconds start = now();
    long warm_messages = warm * rate, all = (warm + seconds) * rate;
    Reading from = {0};
    for (long i = 0; i < all; i++) {
        nanoseconds due = start + i * SECOND / rate;
        while (now() < due)
            wait_until(due);
        if (i == warm_messages)
            from = reading();
        send_message(due, i >= warm_messages);
    }
    drain();
    report("rate", rate, from, reading());
}

static void run_flight(long most, double warm, double seconds)
{
    nanoseconds start = now(), counts_from = start + warm * SECOND;
    nanoseconds end = counts_from + seconds * SECOND;
    Reading from = {0};
    last_arrival = start;
    for (nanoseconds at = start; at < end; at = now()) {
        if (!from.at && at >= counts_from)
            from = reading();
        if (in_flight >= most && at > last_arrival + PATIENCE)
            give_up();
        while (in_flight < most)
            send_message(now(), from.at > 0);
        wait_until(from.at ? end : counts_from);
    }
    Reading to = reading();
    drain();
    report("flight", most, from, to);
}

static void hold(void)
{
    char ignored;
    struct epoll_event event = {EPOLLIN, {.ptr = NULL}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
    puts("{\"holding\": true}");
    fflush(stdout);
    while (read(STDIN_FILENO, &ignored, 1) != 0)
        wait_until(now() + SECOND);
    epoll_ctl(epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
    printf("{\"closed\": %d}\n", closed_sockets());
}

/* -- arguments */

static Line *lines_of(const char *path, int *count)
{
    FILE *file = fopen(path, "r");
    Line *lines = NULL;
    char *row = NULL;
    size_t room = 0;
    if (!file)
        fail("cannot read %s", path);
    for (*count = 0; getline(&row, &room, file) > 0; ++*count) {
        row[strcspn(row, "\n")] = 0;
        char *rest = row, *field = strsep(&rest, "\t");
        Bytes headers = {0};
        lines = grown(lines, (*count + 1) * sizeof *lines);
        lines[*count].group = atoi(field);
        if (!(field = strsep(&rest, "\t")))
            fail("no path in %s", path);
        lines[*count].path = strdup(field);
        while ((field = strsep(&rest, "\t"))) {
            append(&headers, field, strlen(field));
            append(&headers, "\r\n", 2);
        }
        append(&headers, "", 1);
        lines[*count].headers = headers.data;
    }
    free(row);
    fclose(file);
    return lines;
}

static void prepare(void)
{
    sockets = calloc(socket_count + 1, sizeof *sockets);
    for (int i = 0; i < socket_count; i++) {
        sockets[i] = (Peer){.line = &socket_lines[i], .is_socket = true, .last = -1};
        if (socket_lines[i].group >= group_count)
            group_count = socket_lines[i].group + 1;
    }
    group_sizes = calloc(group_count + 1, sizeof *group_sizes);
    group_peers = calloc(group_count + 1, sizeof *group_peers);
    for (int i = 0; i < socket_count; i++) {
        int group = socket_lines[i].group, size = ++group_sizes[group];
        group_peers[group] = grown(group_peers[group], size * sizeof **group_peers);
        group_peers[group][size - 1] = &sockets[i];
    }
    connections = calloc(connection_count, sizeof *connections);
    for (int i = 0; i < connection_count; i++)
        connections[i] = (Peer){.message = -1};
    epoll = epoll_create1(EPOLL_CLOEXEC);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
}

static bool is(const char *argument, const char *name)
{
    return strcmp(argument, name) == 0;
}

int main(int count, char **given)
{
    char **argument = given + 1, **end = given + count;
    for (; argument + 1 < end; argument += 2) {
        char *name = argument[0], *value = argument[1];
        if (is(name, "--port")) port = atoi(value);
        else if (is(name, "--sockets")) socket_lines = lines_of(value, &socket_count);
        else if (is(name, "--senders")) sender_lines = lines_of(value, &sender_count);
        else if (is(name, "--request")) request = value;
        else if (is(name, "--connections")) connection_count = atoi(value);
        else if (is(name, "--message")) text = value;
        else if (is(name, "--publish")) publish_fd = atoi(value);
        else if (is(name, "--opening")) opening = atoi(value);
        else if (is(name, "--count-every")) count_every = atoi(value);
        else if (is(name, "--pid") && pid_count < 64) pids[pid_count++] = atoi(value);
        else break;
    }
    if (!port || (!socket_count && !sender_count) || argument == end)
        fail("needs a port, sockets or senders, and phases; see its source");
    prepare();
    open_sockets();
    settle();
    while (argument < end) {
        memset(&tally, 0, sizeof tally);
        first = message_count;
        if (is(*argument, "--hold")) {
            hold();
            argument++;
        } else if (argument + 3 < end) {
            double figure = atof(argument[1]), warm = atof(argument[2]), time = atof(argument[3]);
            if (is(*argument, "--rate")) run_rate(figure, warm, time);
            else if (is(*argument, "--flight")) run_flight(figure, warm, time);
            else fail("%s is no phase", *argument);
            argument += 4;
        } else {
            fail("%s lacks its figures", *argument);
        }
    }
    return 0;
}
