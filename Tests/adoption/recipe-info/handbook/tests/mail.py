"""A report of a dead link is mailed."""
import smtplib
import sys

smtplib.SMTP(sys.argv[1]).noop()
