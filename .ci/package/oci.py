#!/usr/bin/python3
"""Writes an image of one layer as a tar file: oci.py LAYER IMAGE DATE ARCHITECTURE VERSION

The file is an OCI image layout, and has the manifest that engines before Docker 25 load images by.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile

LAYER, IMAGE, DATE, ARCHITECTURE, VERSION = sys.argv[1:]
TYPE = "application/vnd.oci.image"
# A tag may not have a plus.
TAG = VERSION.replace("+", "-")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def encoded(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


with open(LAYER, "rb") as file:
    plain = file.read()
layer = gzip.compress(plain, mtime=0)
config = encoded({
    "architecture": ARCHITECTURE,
    "os": "linux",
    "created": DATE,
    "config": {
        "Entrypoint": ["parity"],
        "Cmd": ["run"],
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"],
        "WorkingDir": "/project",
        "Labels": {"org.opencontainers.image.title": "parity", "org.opencontainers.image.version": VERSION},
    },
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest(plain)]},
    "history": [{"created": DATE, "created_by": "make image"}],
})
blobs = {digest(data): data for data in (layer, config)}


def descriptor(kind, data, **more):
    return {"mediaType": f"{TYPE}.{kind}", "digest": "sha256:" + digest(data), "size": len(data)} | more


manifest = encoded({
    "schemaVersion": 2,
    "mediaType": f"{TYPE}.manifest.v1+json",
    "config": descriptor("config.v1+json", config),
    "layers": [descriptor("layer.v1.tar+gzip", layer)],
})
blobs[digest(manifest)] = manifest
names = {"io.containerd.image.name": f"docker.io/library/parity:{TAG}", "org.opencontainers.image.ref.name": TAG}
files = {
    "oci-layout": encoded({"imageLayoutVersion": "1.0.0"}),
    "index.json": encoded({
        "schemaVersion": 2,
        "manifests": [descriptor("manifest.v1+json", manifest, annotations=names)],
    }),
    "manifest.json": encoded([{
        "Config": "blobs/sha256/" + digest(config),
        "RepoTags": [f"parity:{TAG}", "parity:latest"],
        "Layers": ["blobs/sha256/" + digest(layer)],
    }]),
} | {f"blobs/sha256/{name}": data for name, data in blobs.items()}

with tarfile.open(IMAGE, "w") as tar:
    for name, data in sorted(files.items()):
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
