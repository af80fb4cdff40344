"""JupyterHub for one class on one server: jupyterhub -f classroom/hub/jupyterhub_config.py (docs/hub.md tells how).

What a class decides is asked for in environment variables; everything else stands here.

    COURSE_HUB_FOLDER    where the hub keeps its database, its keys and the data sets (/srv/course-hub)
    COURSE_HUB_STUDENTS  a file with the names of those who may log in, one a line; nobody may where there is none
    COURSE_HUB_TEACHERS  names of administrators, separated by commas
    COURSE_HUB_LOGIN     JupyterHub's name of an authenticator: pam (accounts of this machine, the default),
                         shared-password, or one that you install, such as generic-oauth, lti13, native
    COURSE_HUB_PASSWORD  for shared-password alone: the password of the class
    COURSE_HUB_SPAWNER   name of a spawner: localprocess (the default), systemd, docker; for trials, simple
"""

import os
import pwd
import sys
from pathlib import Path

c = get_config()  # noqa: F821 (JupyterHub puts it here)
HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1]))
from classroom.hub.login import throttled  # noqa: E402

FOLDER = Path(os.environ.get("COURSE_HUB_FOLDER", "/srv/course-hub")).absolute()
LOGIN = os.environ.get("COURSE_HUB_LOGIN", "pam")
SPAWNER = os.environ.get("COURSE_HUB_SPAWNER", "localprocess")
GIB = 2**30
PROCESSES = 256  # of one student, threads counted

# Only root (or whoever runs the hub) may enter `hub`: whoever can read the cookie secret can be anybody.
secret, cache = FOLDER / "hub", FOLDER / "cache"
secret.mkdir(parents=True, exist_ok=True)
secret.chmod(0o700)
cache.mkdir(exist_ok=True)
if not any(cache.iterdir()):
    print(f"WARNING: no data in {cache}, so each student will fetch their own (docs/hub.md).", file=sys.stderr)
c.JupyterHub.db_url = f"sqlite:///{secret / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(secret / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(secret / "proxy.pid")

# The network. This machine only: a web server in front (docs/hub.md) speaks HTTPS with the world.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_ip = "127.0.0.1"

# Who may log in.
if "dummy" in LOGIN.lower():
    sys.exit(f"COURSE_HUB_LOGIN={LOGIN} lets anybody in as anybody. For a trial, take shared-password.")
if LOGIN == "shared-password":
    print("WARNING: with one password for all, each student can log in under another's name.", file=sys.stderr)
    c.SharedPasswordAuthenticator.user_password = os.environ.get("COURSE_HUB_PASSWORD", "")
students = os.environ.get("COURSE_HUB_STUDENTS")
c.JupyterHub.authenticator_class = throttled(LOGIN)
c.Authenticator.allowed_users = set(Path(students).read_text(encoding="utf-8").split()) if students else set()
c.Authenticator.admin_users = set(filter(None, os.environ.get("COURSE_HUB_TEACHERS", "").split(",")))
if LOGIN == "pam":
    for names in (c.Authenticator.allowed_users, c.Authenticator.admin_users):
        for name in sorted(names):
            try:
                pwd.getpwnam(name)
            except KeyError:
                print(f"WARNING: {name} has no account on this machine, and so no way in.", file=sys.stderr)
                names.remove(name)

# A student's server: our start brings the lessons, then becomes JupyterLab.
if SPAWNER == "simple":
    print("WARNING: all students share one account and can read and change one another's files.", file=sys.stderr)
c.JupyterHub.spawner_class = SPAWNER
c.SimpleLocalProcessSpawner.home_dir_template = f"{FOLDER}/homes/{{username}}"
c.Spawner.cmd = [sys.executable, str(HERE / "student.py")]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    # Decoded once by the teacher, mapped into memory by all: a class shares one copy.
    "COURSE_CACHE": str(cache),
    # Twenty students with two threads each wait for one another.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
if SPAWNER == "localprocess":  # the kernel counts them by account, and here each student has one
    c.Spawner.environment["PROCESS_LIMIT"] = str(PROCESSES)

# Limits. localprocess and simple know none: there, student.py holds each process to MEM_LIMIT.
c.Spawner.mem_limit = 2 * GIB
c.Spawner.cpu_limit = 1.0
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # seconds; a whole class starts at the same moment
c.Spawner.poll_interval = 10  # seconds after which a server that died is known to be dead, and may be started again
c.JupyterHub.active_server_limit = 60
c.SystemdSpawner.isolate_tmp = c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.disable_user_sudo = True
c.SystemdSpawner.unit_extra_properties = {"TasksMax": str(PROCESSES), "UMask": "0077"}
c.DockerSpawner.extra_host_config = {"pids_limit": PROCESSES, "security_opt": ["no-new-privileges"]}

# A server that nobody has used for an hour ends: notebooks are files, and the next login brings it back.
c.JupyterHub.services = [
    {"name": "cull-idle", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}
]
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [{"name": "cull-idle", "scopes": scopes, "services": ["cull-idle"]}]

# A hub that is restarted leaves the students' servers running and finds them again.
c.JupyterHub.cleanup_servers = False
