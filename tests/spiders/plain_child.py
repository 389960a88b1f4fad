"""plain_child.py — spiders.crawl with the test family, as the child process of a test. Options in the environment.

PLAIN_PUBLIC: addresses, separated by commas, that count as public in this process; all others do not.
PLAIN_CLOSE_WITHIN: seconds that a child which was told to stop waits for what is under way.
"""

import importlib.util
import os
import sys
from pathlib import Path

import spiders.addresses
import spiders.guard

path = Path(__file__).with_name("plain_family.py")
spec = importlib.util.spec_from_file_location("spiders.families.links", path)
sys.modules["spiders.families.links"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
if "PLAIN_PUBLIC" in os.environ:
    spiders.guard.is_public = os.environ["PLAIN_PUBLIC"].split(",").__contains__

import spiders.crawl  # noqa: E402

if "PLAIN_CLOSE_WITHIN" in os.environ:
    spiders.crawl.CLOSE_WITHIN_S = float(os.environ["PLAIN_CLOSE_WITHIN"])

status = spiders.crawl.main()
sys.stderr.flush()
os._exit(status)
