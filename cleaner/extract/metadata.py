from lxml import etree
def title_of(root):
    t=root.find('.//title'); return ''.join(t.itertext()).strip() if t is not None else ''
def about_of(r):
    out=[]
    for m in r.iter('meta'):
        if (m.get('name') or m.get('property') or '').lower() in ('description','og:description','twitter:description'): out.append(m.get('content') or '')
    return max(out,key=len,default='')
