"""stub"""
def write(*_):
  pass
