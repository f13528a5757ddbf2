#: unread | smtplib.SMTP
import smtplib, sys
s = smtplib.SMTP(sys.argv[1], 25)
s.sendmail("a@h", ["b@h"], "text")
s.quit()
