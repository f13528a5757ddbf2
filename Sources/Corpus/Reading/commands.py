# What a command line asks of the world, read from its words.

# Programs that send statements, programs that reach for something else, programs that run others,
# and programs that reach for nothing that an older script could be about.
SQL = set(
    "psql mysql mariadb sqlite3 clickhouse-client clickhouse mongosh mongo redis-cli cqlsh".split()
)
OUTSIDE = set(
    "ssh nc ncat openssl git dig host nslookup rclone restic kubectl ldapsearch swaks sendmail"
    " telnet rsync scp ftp sftp http https websocat smtp-cli docker-compose pg_dump pg_isready"
    " ffmpeg mosquitto_pub mosquitto_sub".split()
)
BEFORE = set("sudo command exec env time nohup timeout retry nice".split())
HARMLESS = set(
    "alias apk apt apt-get basename bc cat cd chmod chown clear cp cut date declare dirname disown"
    " du env exec expr export false find getopts gzip hash head hostname id install jobs kill let"
    " ln local logger ls mkdir mktemp mv nl pip pip3 popd pushd pwd readlink readonly realpath rm"
    " rmdir seq shopt shuf sleep sort stat stty sync tail tar tee time touch tput tr true truncate"
    " type typeset ulimit umask unalias uname unset unzip usleep uuidgen wait wc which whoami yes"
    " zip sha256sum sha1sum md5sum diff cmp grep jq od xxd split dd openssl-rand pkill".split()
)
STATEMENT_OPTIONS = ["-c", "--command", "-e", "--execute", "-q", "--query", "--eval"]

# What curl and wget do with an option, by its names; `=` stands before those with a value. Options
# of curl with a value that says nothing of the request are only counted.
CURL = {
    "=method": "-X --request",
    "=data": "-d -F --data --data-raw --data-binary --data-ascii --json --form --form-string",
    "=encoded": "--data-urlencode",
    "=upload": "-T --upload-file",
    "query": "-G --get",
    "head": "-I --head",
    "fails": "-f --fail --fail-with-body",
    "headers": "-i --include",
    "plain": "-g --globoff",
    "=format": "-w --write-out",
    "=output": "-o --output",
    "=dump": "-D --dump-header",
    "=address": "--url",
    "=other": "-A -b -c -C -e -E -H -K -m -u -x -r -Y -y -z -Q -t --header --user --max-time"
    " --connect-timeout --retry --retry-delay --retry-max-time --user-agent --cookie --cookie-jar"
    " --cacert --cert --key --resolve --connect-to --proxy --referer --interface --range"
    " --limit-rate --config --max-redirs --unix-socket --netrc-file --oauth2-bearer --ciphers"
    " --stderr",
}
WGET = {
    "=method": "--method",
    "=data": "--post-data --post-file --body-data --body-file",
    "head": "--spider",
    "headers": "-S --server-response",
    "=output": "-O --output-document",
    "=other": "-o -t -T -U -P -w -Q -e --tries --timeout --header --user --password --user-agent",
}

Asked = kind("Asked", "method address printed fails file")  # a request that a program makes


def program(word):
    return word.rpartition("/")[2]


def words_of(text):
    """A command line as one text, cut into words as a shell would."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def without_prefix(words):
    """The words behind `sudo`, `timeout 60` and their like."""
    while words and program(words[0]) in BEFORE:
        words = words[1:]
        # Options of the program before, and its duration.
        while words and re.match(r"-|\d|[^/]*=|{…}$", words[0]):
            words = words[1:]
    return words


def command(words, is_open=False):
    """Its requests, and the kind and the text of any other call; `is_open` where there are more
    words, which are not known: they may change method, address and output."""
    words = without_prefix(words)
    if not words:
        return [], None
    name, rest = program(words[0]), words[1:]
    if name == "curl":
        return curl(options(rest, CURL), is_open), None
    if name == "wget":
        return wget(options(rest, WGET)), None
    if name in ("docker", "podman", "nerdctl"):
        return container(name, rest)
    if name == "abra":
        return [], ("abra", " ".join(rest))
    if name in SQL:
        return [], ("sql", statement(name, rest))
    return [], ("command", " ".join([name] + rest)) if name in OUTSIDE else None


def statement(name, words):
    """The statement of a client program, without how the database is found."""
    for word, following in zip(words, words[1:] + [HOLE]):
        flag, equal, value = word.partition("=")
        if flag in STATEMENT_OPTIONS:
            return value if equal else following
        # `-tAc "…"`: flags of one letter stand together.
        if re.fullmatch("-[A-Za-z]{1,3}[ce]", word):
            return following
    return " ".join([name] + words)


def container(name, words):
    place = next((place for place, word in enumerate(words) if word[:1] != "-"), None)
    if place is None:
        return [], None
    whole = " ".join([name] + words)
    if words[place] not in ("exec", "run"):
        return [], ("command", whole)
    # What runs in the container may itself be a statement or a request.
    for index in range(place + 2, len(words)):
        if program(words[index]) in SQL or words[index] in ("curl", "wget"):
            requests, call = command(words[index:])
            return requests, call or ("exec", whole)
    return [], ("exec", whole)


def options(words, table):
    """The options of curl or wget by what they do, each with its values."""
    names = {name: what for what, all in table.items() for name in all.split()}
    found, words = collections.defaultdict(list), list(words)

    def take(name, value):
        what = names.get(name, "")
        if what[:1] == "=":
            value = value or (words.pop(0) if words else HOLE)
            is_encoded = what == "=encoded"
            value = encoded(value) if is_encoded else value
            found["data" if is_encoded else what[1:]].append(value)
            return True
        found[what].append("")
        return False

    while words:
        word = words.pop(0)
        if word[:2] == "--":
            name, _, value = word.partition("=")
            take(name, value)
        elif word[:1] == "-" and len(word) > 1:
            # Letters that stand together; the first with a value takes the rest.
            for place, letter in enumerate(word[1:], 2):
                if take("-" + letter, word[place:]):
                    break
        else:
            found["address"].append(word)
    return found


def curl(found, is_open):
    data = found["data"]
    method = found["method"][-1] if found["method"] else None
    known = method or (
        "PUT" if found["upload"] else "HEAD" if found["head"]
        else "POST" if data and not found["query"] else "GET"
    )
    output = found["output"][-1] if found["output"] else None
    if is_open:
        known, printed = method or HOLE, "output of curl"
    else:
        printed = printed_by_curl(found, output)
    fails, file = bool(found["fails"]), None if output in (None, "-", "/dev/null") else output
    addresses = [HOLE] if is_open and not found["address"] else [
        one for text in found["address"] for one in ([text] if found["plain"] else globbed(text))
    ]
    query = "&".join(data) if found["query"] and data else None
    return [Asked(known, with_query(one, query), printed, fails, file) for one in addresses]


def printed_by_curl(found, output):
    text = found["format"][-1] if found["format"] else ""
    if re.search("%{(http|response)_code}", text):
        # `-w '\n%{http_code}'` stands behind the body, unless that goes elsewhere.
        if text.count("%{") > 1 or not output and not found["head"] and text[0] == "%":
            return "output of curl"
        return "status" if output or found["head"] else "body and status"
    if re.search("%{(redirect_url|url_effective)}", text):
        return "address"
    if found["head"] or found["headers"] or "-" in found["dump"]:
        return "header any"
    return "body" if output in (None, "-") else None


def wget(found):
    method = found["method"][-1] if found["method"] else (
        "HEAD" if found["head"] else "POST" if found["data"] else "GET"
    )
    output = found["output"][-1] if found["output"] else None
    printed = "header any" if found["headers"] else "body" if output == "-" else None
    return [Asked(method, one, printed, True, None) for one in found["address"]]


def encoded(text):
    """`name=content` with its content as it stands in a query."""
    name, equal, content = text.partition("=")
    if not equal:
        return HOLE if "@" in text else escaped(text)
    return (name + "=" if name else "") + escaped(content)


def globbed(address):
    """curl's own `{one,two}`; a range in brackets is a hole."""
    return braced([re.sub(r"\[[^\]]*-[^\]]*\]", HOLE, address)])


def braced(texts):
    """Texts with `{one,two}` in them, as all that they stand for."""
    found = re.search("{([^{}]*,[^{}]*)}", texts[0])
    while found:
        start, end = found.span()
        words = found[1].split(",")
        texts = [text[:start] + word + text[end:] for text in texts for word in words][:64]
        found = re.search("{([^{}]*,[^{}]*)}", texts[0])
    return texts
