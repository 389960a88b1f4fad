"""notices.py — What notices of rights, imprints, readers' comments, citizens' letters and mirrors say: patterns over shadows."""

import re

NOTICE = re.compile(
    r"版权(?:与|及|和|、)?免责(?:声明|条款)|^[①1(]*[、.,)]?凡本[网站].{0,16}(?:注明|转载|刊|发)"
    r"|^凡.{0,6}注明.{0,30}(?:版权|本[网站]|转载)|互联网新闻信息服务许可证"
    r"|违法和不良信息举报(?:电话|邮箱|中心|热线|方式|入口|平台|专区|[:|]|$)|增值电信业务经营许可证[:]?[^电]|icp[备证]\d"
    r"|icp备案[号:]|公网安备|网站标识码|^.{0,16}(?:网站|本站|官网)由.{2,24}(?:主办|承办|维护)|^(?:copyright|版权所有)[©(:]?",
    re.IGNORECASE,
)
NOTICE_HEAD = re.compile(
    r"^[\[【(*※“\"]*(?:免责|特别|版权|郑重|重要|严正|本网|本站|侵权|转载|镜像|存档|备份)站?(?:声明|提示|说明"
    r"|申明)[\])】]*[:,]?|^站长按[:]|^【[^】]{0,12}(?:声明|提示|说明|存档页面)】|^[【\[]?(?:声明|注|备注|温馨提示)[\]】:]|^[Nn]otice:|^来源[:].{0,20}(?:免责|版权)声明"
    r"|^本文(?:系|为|是).{0,16}(?:独家|原创|转载|编译)|^(?:本文|文章|以上(?:内容|文章)?|此文)?(?:转载?自|摘自|选自|来源于?"
    r"|来自).{0,50}(?:版权|侵权|删除)"
)
NOTICE_WORD = re.compile(
    "版权|转载|侵权|informationstorage|删除|即删|速删|域名|仅供参考|捐款|快照|本馆|本网|本站|著作权|观点|立场|免责|投资建议|来源于网络"
    "|来自网络|网络整理|信息存储空间|用户上传|存储服务"
)
OF_NOTICE = re.compile(
    "版权|转载|侵权|删除|本[网站社报页文]|著作|观点|立场|免责|责任|声明|来源|网络|网站|联系|用户|作[品者]|授权|法律|举报|稿"
    "|许可|注明|刊|邮箱|备案|投资|风险|自行"
    "|核实|概不|真实性|电话|传真|邮编|地址|主办|承办|维护|技术支持|浏览器|分辨率|[©@]|http|www"
)
"""What each sentence of a notice or an imprint has one of."""
FOOTER_WEAK = re.compile(
    r"^(?:主办单位?|承办单位?|技术支持|举报(?:电话|邮箱)|联系(?:电话|我们)|网站地图|关于我们|地址|邮编|通信地址)[:|]"
    r"|^(?:关于我们|网站地图|联系我们|网站声明)"
)
FOOTER_STRONG = re.compile(r"icp[备证]|公网安备|标识码|版权所有|copyright|网站地图|许可证", re.IGNORECASE)
ABOUT_RIGHTS = re.compile("声明|版权|免责|隐私|备案|许可证")
"""Of a page that is about rights, a notice is the text."""

COMMENTS = re.compile(
    r"^[\[【<#]*(?:网友|读者|最新|热门|精彩|全部|用户|文章|我要|发表|相关|所有|查看|已有)?(?:\d+(?:人|条))?(?:评论|跟帖|留言"
    r"|回复|点评)(?:列表|区|专区|内容|信息)?(?:\(?共?\d+条?\)?)?(?:已有\d+人参与)?[\]】:>]*(?:\([^()]{2,40}\))?$"
)
COMMENT_SIGN = re.compile(
    r"\d{1,2}:\d\d|回复|支持\(?\d|顶\(?\d|\d+楼|网友|游客|匿名|^.{2,16}[(（](?:19|20)\d\d-\d\d?-\d\d?[)）][:：]"
    r"|来自.{1,8}(?:网友|客户端)|(?:\d+|刚刚|分钟|小时|天)前"
)

LETTER = re.compile(
    r"^[【\[]?(?:来信|信件|来件|咨询|诉求|留言|问题|提问|投诉|建议|反映|求助)(?:人?的?(?:内容|正文|详情|描述))[】\]]?\s*(?:[:：]|$)",
    re.MULTILINE,
)
REPLY = re.compile(
    r"^[【\[]?(?:官方|单位|部门|处理|办理|办结|网上)?(?:回复|答复|办理|处理|反馈)(?:内容|结果|意见|情况|单位|部门|时间|日期"
    r"|详情)?[】\]]?\s*(?:[:：]|$)",
    re.MULTILINE,
)
"""Headings of a citizen's letter and of the office's reply to it."""

ADDRESS = re.compile(r"[a-z0-9]\.(?:com|net|org|cn|cc|info|top|xyz)(?![a-z])", re.IGNORECASE)
"""An address of the web, in a line of text."""
ADDRESS_OF_TEXT = re.compile("[:@]|网址|官网|登[录陆]|查询|报名|下载|填报|申[请报]|预约")
"""How a text speaks of an address: 网址：www.…, as often as it needs it."""
